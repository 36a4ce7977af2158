"""What to look at where a part does not answer: the wire, the command, the line of the settings. Pure."""

from edge_agent.sensor_settings import ThermalChip, ThermalSettings
from edge_agent.settings import Settings
from visit_record.bilingual import Words
from visit_record.fitted import Part


def wires_of(settings: Settings, part: Part) -> Words:
    """What an installer looks at, for the part as it is set."""
    match part:
        case Part.CAMERA:
            return Words(
                "插紧摄像头的线；ls -l /dev/carewitness/camera /dev/video*（排线用 rpicam-hello）；"
                "[camera] source 要与之一致；运行的用户要在 video 组",
                "push its cable home; ls -l /dev/carewitness/camera /dev/video* (on a ribbon: rpicam-hello); [camera] "
                "source must name it; whoever runs this must be in group video",
            )
        case Part.MICROPHONE:
            return Words(
                "插紧麦克风；arecord -l 应列出它；arecord -D carewitness -f S16_LE -r 16000 -d 3 /dev/null 应无错误；"
                "[microphone] device 要与 python -m sounddevice 列出的一致；用户要在 audio 组",
                "push its plug home; arecord -l must list it; arecord -D carewitness -f S16_LE -r 16000 -d 3 /dev/null "
                "must say no error; [microphone] device as python -m sounddevice lists it; group audio",
            )
        case Part.THERMAL_ARRAY:
            return _wires_of_array(settings.thermal or ThermalSettings(ThermalChip.MLX90640))
        case Part.RECEIVER:
            return Words(
                "插紧接收器；systemctl status gpsd；gpspipe -w -n 10 应有 TPV；用串口时核对 [position] serial 和 baud",
                "push the receiver's plug home; systemctl status gpsd; gpspipe -w -n 10 must show TPV; on a serial "
                "line check [position] serial and baud",
            )
        case _:
            return Words(
                "核对 [tamper]：gpioinfo 看触点；cat /sys/bus/iio/devices/*/name 看加速度计的名称；用户要在 gpio 组",
                "check [tamper]: gpioinfo shows the contact's line, cat /sys/bus/iio/devices/*/name an accelerometer's "
                "name; whoever runs this must be in group gpio",
            )


def _wires_of_array(thermal: ThermalSettings) -> Words:
    default = 0x33 if thermal.chip is ThermalChip.MLX90640 else 0x69
    place = f"{thermal.address or default:02x}"
    return Words(
        f"断电查四根线：3.3 V（1 脚）、SDA（3）、SCL（5）、地（6）；i2cdetect -y {thermal.bus} 应显示 {place}；"
        "config.txt 里要有 dtparam=i2c_arm=on；用户要在 i2c 组",
        f"with the power off check four wires: 3.3 V (pin 1), SDA (3), SCL (5), ground (6); i2cdetect -y {thermal.bus} "
        f"must show {place}; config.txt needs dtparam=i2c_arm=on; whoever runs this must be in group i2c",
    )
