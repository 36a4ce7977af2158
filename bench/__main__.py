"""`make bench`: every figure of one run, beside what it is a ratio of."""

from rich.console import Console
from rich.table import Table

from bench import records, senses


def main() -> None:
    """Measure and print."""
    console = Console()
    console.print("CPU seconds of this process, best of five rounds; compare ratios, not seconds, between machines.\n")
    table = Table("record", "each", "ratio to bare verification (higher is better)")
    for name, each_s, ratio in records.measure():
        table.add_row(name, f"{1e6 * each_s:.0f} µs", ratio)
    console.print(table)
    device = Table("device", "each", "share of one core")
    shares = 0.0
    for name, each_s, share in senses.measure():
        shares += share
        device.add_row(name, f"{1000 * each_s:.2f} ms", f"{share:.2%}")
    device.add_row("all four senses", "", f"{shares:.2%} (aim 8%)")
    console.print(device)
    console.print(
        f"most memory held, simulator included: {senses.resident_mib():.0f} MiB (aim for the device alone 350)"
    )


if __name__ == "__main__":
    main()
