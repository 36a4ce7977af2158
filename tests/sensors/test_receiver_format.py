"""A format is named by whole packets, never by a lucky pair of bytes."""

import numpy as np
import pytest

from edge_agent.sensors.receiver_format import recognise

PACKETS = {
    "ubx": b"\xb5\x62\x05\x01\x02\x00\x06\x01\x0f\x38",
    "sirf": b"\xa0\xa2\x00\x02\x84\x00\x00\x84\xb0\xb3",
    "skytraq": b"\xa0\xa1\x00\x02\x02\x01\x03\r\n",
    "rtcm3": bytes.fromhex("d300133ed7d30202980edeef34b4bd62ac0941986f33360b98"),
    "navcom": b"\x02\x99\x66\x20\x06\x00\x01\x02\x03\x03",
    "italk": b"<!#\x7f\x03\x00\x01\x82\xf6\x2d\x00>",
    "zodiac": bytes.fromhex("ff8154040e0000009f79"),
    "geostar": b"PSGG\x11\x00\x01\x00\x01\x02\x03\x04\x05\x06\x07\x08",
    "greis": b"\n~~005\xd8rL\x04\xcc\nET005\xd8rL\x04\xcc\n",
    "oncore": b"@@Bb\x00\x20\r\n",
    "garmin": b"\x10\x0a\x02\x06\x00\xee\x10\x03",
    "evermore": b"\x10\x02\x04\x80\x80\x10\x03",
    "tsip": b"\x10\x41\x00\x01\x10\x03\x10\x46\x00\x01\x10\x03",
    "aivdm": b"!AIVDM,1,1,,B,13njCt031t0DA=lN2:jKmad60l1p,0*12\r\n",
    "gpsd_json": b'{"class":"VERSION","release":"3.22"}\n',
    "ntrip": b"ICY 200 OK\r\n",
    "nmea": b"$GPZDA,030807.00,10,08,2006,00,00*67\r\n",
}


@pytest.mark.parametrize(("name", "packet"), PACKETS.items(), ids=PACKETS.keys())
def test_a_whole_packet_names_its_format(name: str, packet: bytes) -> None:
    assert recognise(packet) == name


@pytest.mark.parametrize("name", ["ubx", "sirf", "skytraq", "rtcm3", "zodiac", "garmin", "oncore"])
def test_a_packet_with_a_flipped_bit_is_not_believed(name: str) -> None:
    packet = bytearray(PACKETS[name])
    packet[-3 if name == "oncore" else 4] ^= 0x01
    assert recognise(bytes(packet)).startswith("unknown")


def test_random_bytes_are_of_no_format() -> None:
    rng = np.random.default_rng(7)
    assert {recognise(rng.bytes(50_000)) for _ in range(8)} == {"unknown_binary"}


def test_words_are_unknown_text() -> None:
    assert recognise(b"Dear diary,\n@@Today <! I saw PSGG 100 satellites.\n" * 20) == "unknown_text"


def test_a_log_that_mixes_nmea_with_binary_is_nmea() -> None:
    assert recognise(PACKETS["ubx"] * 50 + PACKETS["nmea"]) == "nmea"


def test_comments_of_gpsd_logs_are_not_looked_at() -> None:
    assert recognise(b"# Name: $GPZDA,030807.00,10,08,2006,00,00*67\n#\n" + PACKETS["ubx"]) == "ubx"


def test_sentences_without_checksum_are_nmea() -> None:
    assert recognise(b"$GPGGA,222449,3349.0337,S,01843.9282,E,1,07,02.31,000115.4,M,0033.3,M,,\r\n") == "nmea"
