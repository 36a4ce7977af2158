"""What the screen says of whatever the device and its desk have a word for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from edge_agent.errors import Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.observations import FaceFlaw
from edge_agent.past_visits import Delivery
from edge_agent.perception.movements import Step
from edge_agent.service_book import Standing
from visit_record.bilingual import Words
from visit_record.fitted import FAULTS, Fault
from visit_record.note import MOST_TEXT
from visit_record.vocabulary import LivenessMethod
from visit_record.words import RECORDED

_OURS: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = {
    # What is wrong with a sensor, as the self-test and a terminal say it too.
    Fault: {fault.value: said for fault, said in FAULTS.items()},
    Step: {
        "turn_left": Words("请向左转头", "Turn your head to your left"),
        "turn_right": Words("请向右转头", "Turn your head to your right"),
        "blink": Words("请闭一下眼睛", "Close your eyes for a moment"),
        "nearer": Words("请靠近一点", "Come nearer"),
    },
    FaceFlaw: {
        "too_small": Words("离得太远，请靠近一些", "Too far away: come nearer"),
        "blurred": Words("画面模糊，请站稳不动", "Blurred: stand still"),
        "turned": Words("请正对摄像头", "Face the camera"),
        "dark": Words("光线太暗，请开灯或面向窗户", "Too dark: switch a light on or face the window"),
        "bright": Words("光线太强，请背对灯或窗户", "Too bright: turn away from the lamp or window"),
    },
    Recognition: {
        "expected": Words("已认出本人", "You are recognised"),
        "other": Words("没有认出本人", "You are not recognised"),
        "unknown": Words("还看不清是谁", "It cannot be told who it is"),
    },
    # What was not seen of a living face, or was seen of a picture.
    LivenessMethod: {
        "head_turn": Words("没看到头转动", "the head was not seen to turn"),
        "challenge": Words("没看到提示的动作", "what was asked for was not seen"),
        "warm_face": Words("没感到脸的热度", "no warmth of a face was seen"),
        "antispoof": Words("模型看着像照片或屏幕", "to the model it looked like a picture"),
        "texture": Words("看到像屏幕或印刷的网纹", "a grid as of a screen or a print was seen"),
    },
    Delivery: {
        "waiting": Words("等待发送", "waiting to be sent"),
        "received": Words("服务器已收到", "received by the server"),
        "lost": Words("设备上已丢失，不知服务器有没有", "lost on this device; whether the server has it is not known"),
    },
    Standing: {
        "open": Words("未开始", "not begun"),
        "under_way": Words("进行中", "under way"),
        "given": Words("已完成", "done"),
        "refused": Words("未做", "not given"),
    },
    Refusal: {
        "not_now": Words("现在不能这样做，请看屏幕上的最新状态", "This cannot be done now: see how the visit stands"),
        "unknown_order": Words(
            "没有这个工单，请从屏幕上的工单中选择", "There is no such order: choose one on the screen"
        ),
        "others_order": Words(
            "这张工单刚刚换了人，没有签到，请重新选择",
            "This order is for others since a moment ago, and nobody was checked in: choose once more",
        ),
        "unknown_item": Words("没有这个服务项目", "There is no such service item"),
        "choose_first": Words(
            "还没有选择：请逐项选择，或按“都同意”“都不同意”",
            "Nothing is chosen yet: choose for each, or allow all or nothing",
        ),
        "answers_differ": Words(
            "选择不一致：凡有不同意的，都按不同意。请看下面的选择，再按“按所选签到”",
            "The answers differ: what was withheld stays withheld. See what is chosen below, then check in as chosen",
        ),
        "no_such_way": Words(
            "这种方式现在不可用，请换一种；服务可以照常进行", "This way is not open: take another; care goes on"
        ),
        "wrong_code": Words("密码不对，请再输一次；服务可以照常进行", "The code is wrong: type it again; care goes on"),
        "too_many_codes": Words(
            "这个密码输错太多次，暂停使用（十分钟起，最长一天）。服务照常进行，也可以换一种方式",
            "This code was typed wrong too often: it rests, for ten minutes at first, a day at most. Care goes on, and "
            "another way may be open",
        ),
        "show_who": Words("请先证明是本人", "Show first who you are"),
        "wrong_pin": Words("密码不对，请再输一次", "The PIN is wrong: type it again"),
        "wait_with_pins": Words(
            "这个密码输错太多次，暂停使用（十分钟起，最长一天），请以后再试",
            "This PIN was typed wrong too often: it rests, for ten minutes at first, a day at most. Try again later",
        ),
        "not_yours": Words("没有这次服务，或不是你的服务", "There is no such visit, or it is not yours"),
        "say_what": Words(
            "请选一项；选“其他”时请写明", "Choose what is not right; where it is something else, say what"
        ),
        "too_long": Words(f"请缩短到 {MOST_TEXT} 字以内", f"Make it no longer than {MOST_TEXT} characters"),
        "unreadable": Words(
            "文字里有看不见的字符，请删去后再提交",
            "The text has characters that cannot be seen: take them out, then send it",
        ),
        "notes_full": Words("这次服务的意见已满，请联系主管", "No more notes fit this visit: tell the supervisor"),
        "not_stored": Words(
            "没有存下，磁盘可能已满；文字还在，请再提交一次",
            "It could not be stored: the disk may be full. The text is still here: send it again",
        ),
        "closed": Words("设备正在关机，请稍候", "The device is going down: wait a moment"),
    },
}


def words_of(value: StrEnum) -> Words:
    """What a word is called."""
    kind = type(value)
    return (_OURS.get(kind) or RECORDED[kind])[value.value]
