"""What each errcode means, what we do about it, what a person can fix (global return codes; WeCom doc 90313)."""

import re
from enum import Enum
from typing import NamedTuple


class Reaction(Enum):
    """What to do after an answer; see `rule`."""

    OK = "ok"
    REFRESH_TOKEN = "refresh_token"  # Done once by the transport; if it reaches a caller, a new token did not help.
    RETRY = "retry"  # The same call again, with back-off.
    WAIT = "wait"  # Too often: this call not before a minute has passed.
    QUOTA = "quota"  # A quota is used up: nobody sends this way before a minute has passed, and someone must know.
    OTHER_DOOR = "other_door"  # This person cannot be reached through this door now.
    UNREACHABLE = "unreachable"  # This person cannot be reached through this door until something changes.
    OUTSIDE = "outside"  # As unreachable, and only an administrator can change it.
    GIVE_UP = "give_up"  # This message is wrong; sending it again will not help.
    ALARM = "alarm"  # The configuration is wrong; nothing will work until someone acts.
    DONE = "done"  # It was already carried out.

    @property
    def passing(self) -> bool:
        """Whether the same may be tried later, after `patience`."""
        return self in (Reaction.RETRY, Reaction.WAIT, Reaction.QUOTA, Reaction.REFRESH_TOKEN)

    @property
    def alarms(self) -> bool:
        """Whether an administrator must hear of it."""
        return self in (Reaction.ALARM, Reaction.QUOTA, Reaction.OUTSIDE)

    @property
    def closes(self) -> bool:
        """Whether this person is not tried at this door again before something changes."""
        return self in (Reaction.UNREACHABLE, Reaction.OUTSIDE)


class Rule(NamedTuple):
    """One row of the table: the reaction, the meaning and the remedy in Chinese."""

    reaction: Reaction
    meaning: str
    fix: str


OK, REFRESH, RETRY = Reaction.OK, Reaction.REFRESH_TOKEN, Reaction.RETRY
WAIT, QUOTA = Reaction.WAIT, Reaction.QUOTA
OTHER_DOOR, UNREACHABLE, OUTSIDE = Reaction.OTHER_DOOR, Reaction.UNREACHABLE, Reaction.OUTSIDE
GIVE_UP, ALARM, DONE = Reaction.GIVE_UP, Reaction.ALARM, Reaction.DONE

_BUG = "程序问题，请把错误信息发给开发者"

OFFICIAL: dict[int, Rule] = {
    -1: Rule(RETRY, "微信系统繁忙", "无需处理，稍后自动重试"),
    0: Rule(OK, "成功", ""),
    40001: Rule(REFRESH, "access_token 无效", "已自动刷新；反复出现时检查 AppSecret 是否被重置"),
    40002: Rule(GIVE_UP, "token 请求的类型不对", _BUG),
    40003: Rule(GIVE_UP, "openid 不对，或属于另一个应用", "检查该人员绑定的 openid"),
    40004: Rule(GIVE_UP, "素材类型不对", _BUG),
    40006: Rule(GIVE_UP, "文件太大或为空", "图片 10 MB、语音 2 MB、视频 10 MB 以内"),
    40007: Rule(GIVE_UP, "素材不存在或已过期", "素材只保存三天，请重新上传"),
    40009: Rule(GIVE_UP, "图片大小不对", "图片 10 MB 以内"),
    40013: Rule(ALARM, "AppID 不对", "在公众平台「基本配置」核对 AppID"),
    40014: Rule(REFRESH, "access_token 不合法", "已自动刷新；反复出现时检查是否有别的系统在用同一账号"),
    40016: Rule(GIVE_UP, "菜单按钮个数不对", "一级菜单最多 3 个，每个下面最多 5 个"),
    40017: Rule(GIVE_UP, "菜单按钮类型不对", "检查菜单配置"),
    40018: Rule(GIVE_UP, "菜单名称太长", "缩短菜单名称：一级约 4 个字，二级约 8 个字"),
    40019: Rule(GIVE_UP, "菜单 key 太长", "菜单 key 最多 128 字节"),
    40020: Rule(GIVE_UP, "菜单网址太长", "菜单网址最多 1024 字节"),
    40023: Rule(GIVE_UP, "二级菜单个数不对", "每个一级菜单下最多 5 个"),
    40029: Rule(GIVE_UP, "登录 code 无效", "让用户重新登录，取新的 code"),
    40030: Rule(GIVE_UP, "网页授权的 refresh_token 无效", "让用户重新登录"),
    40032: Rule(GIVE_UP, "一次的人数不对", _BUG),
    40035: Rule(GIVE_UP, "参数不对", _BUG),
    40037: Rule(ALARM, "模板编号不对", "运行 liaodan templates sync 重新同步模板"),
    40050: Rule(GIVE_UP, "二维码类型不对", _BUG),
    40052: Rule(GIVE_UP, "二维码有效期不对", _BUG),
    40053: Rule(GIVE_UP, "二维码的场景值不对", _BUG),
    40066: Rule(GIVE_UP, "接口地址不对", _BUG),
    40097: Rule(GIVE_UP, "参数不对", _BUG),
    40125: Rule(ALARM, "AppSecret 不对", "在公众平台「基本配置」核对或重置 AppSecret"),
    40129: Rule(GIVE_UP, "小程序码的 scene 不对", _BUG),
    40163: Rule(GIVE_UP, "登录 code 已被使用", "让用户重新登录，取新的 code"),
    40164: Rule(ALARM, "服务器 IP 不在白名单", "把错误信息里的 IP 加入公众平台「IP 白名单」"),
    40165: Rule(ALARM, "小程序页面路径不对", "检查页面路径是否已发布"),
    40200: Rule(GIVE_UP, "该账号不能发这种消息", "测试号不支持菜单消息，请换正式账号"),
    40212: Rule(GIVE_UP, "小程序页面的参数太长", "参数最多 1024 个字符"),
    40226: Rule(GIVE_UP, "高风险用户，小程序登录被拦截", "拒绝登录，请该用户联系微信客服"),
    41001: Rule(GIVE_UP, "没有带 access_token", _BUG),
    41002: Rule(ALARM, "没有带 AppID", "设置 AppID"),
    41004: Rule(ALARM, "没有带 AppSecret", "设置 AppSecret"),
    41005: Rule(GIVE_UP, "没有带文件", _BUG),
    41030: Rule(ALARM, "小程序页面不存在或未发布", "发布小程序，或改正页面路径"),
    42001: Rule(REFRESH, "access_token 过期", "已自动刷新"),
    42007: Rule(GIVE_UP, "用户改了密码，网页授权失效", "让用户重新登录"),
    43001: Rule(GIVE_UP, "应当用 GET", _BUG),
    43002: Rule(GIVE_UP, "应当用 POST", _BUG),
    43004: Rule(UNREACHABLE, "对方没有关注公众号", "请对方重新关注公众号"),
    43101: Rule(OTHER_DOOR, "用户拒收，或订阅次数已用完", "请用户在小程序里再次点「通知我」"),
    44001: Rule(GIVE_UP, "文件是空的", "换一个文件"),
    44002: Rule(GIVE_UP, "请求内容为空", _BUG),
    44003: Rule(GIVE_UP, "图文是空的", _BUG),
    45002: Rule(GIVE_UP, "内容太长", "缩短内容或分几条发送"),
    45008: Rule(GIVE_UP, "图文条数不对", "客服图文只能一条"),
    45009: Rule(QUOTA, "接口调用次数用完", "等额度恢复，或在公众平台清零额度；这期间改走别的渠道"),
    45011: Rule(WAIT, "调用太频繁", "至少一分钟后再试"),
    45015: Rule(OTHER_DOOR, "超过 48 小时没有互动，不能发客服消息", "改用模板消息或订阅消息"),
    45029: Rule(GIVE_UP, "永久二维码用完了", "改用有期限的二维码"),
    45047: Rule(OTHER_DOOR, "客服消息条数用完", "等用户再发一条消息，或改用模板消息"),
    45058: Rule(GIVE_UP, "系统标签不能改", _BUG),
    45064: Rule(ALARM, "菜单里的小程序没有与公众号关联", "在公众平台「小程序管理」关联小程序"),
    45056: Rule(GIVE_UP, "标签数量到了上限", "在公众平台「用户管理」删掉不用的标签"),
    45059: Rule(GIVE_UP, "该用户的标签太多", "一个用户最多 20 个标签，在公众平台「用户管理」去掉几个"),
    45065: Rule(DONE, "同一条消息已经发过", ""),
    45157: Rule(DONE, "已有同名标签", ""),
    45158: Rule(GIVE_UP, "标签名太长", "标签名最多 30 个字节"),
    45159: Rule(GIVE_UP, "标签不存在", "运行 liaodan menu push 重新建立标签"),
    46003: Rule(GIVE_UP, "菜单不存在", "运行 liaodan menu push"),
    47001: Rule(GIVE_UP, "JSON 格式错误", _BUG),
    47003: Rule(GIVE_UP, "模板字段的内容不合要求", "检查错误信息里的字段：长度、类型"),
    48001: Rule(ALARM, "该账号没有这个接口的权限", "在公众平台「接口权限」查看，或完成认证"),
    48002: Rule(UNREACHABLE, "用户关闭了消息接收", "请用户在公众号设置里打开接收消息"),
    48006: Rule(GIVE_UP, "本月清零次数用完了", "下个月恢复"),
    50002: Rule(GIVE_UP, "用户受限", "该微信账号被限制，请对方联系微信客服"),
    61004: Rule(ALARM, "服务器 IP 未登记，或接口未授权", "检查 IP 白名单和接口授权"),
    61010: Rule(GIVE_UP, "code 已过期", "让用户重新登录"),
    65301: Rule(GIVE_UP, "个性化菜单不存在", "运行 liaodan menu push"),
    65302: Rule(GIVE_UP, "没有这个用户", "检查该人员绑定的 openid"),
    65303: Rule(ALARM, "还没有默认菜单，不能建个性化菜单", "运行 liaodan menu push"),
    65304: Rule(GIVE_UP, "个性化菜单没有条件", _BUG),
    65305: Rule(GIVE_UP, "个性化菜单太多", "运行 liaodan menu push 清理旧菜单"),
    65306: Rule(ALARM, "该账号不支持个性化菜单", "个性化菜单要认证的公众号"),
    76021: Rule(GIVE_UP, "没有这个接口", _BUG),
    85079: Rule(ALARM, "小程序还没有发布版本", "先发布小程序"),
    85401: Rule(GIVE_UP, "链接有效期超出范围", "有效期最长 30 天"),
    85402: Rule(GIVE_UP, "小程序版本不对", _BUG),
    87007: Rule(GIVE_UP, "登录态已失效", "让用户重新登录"),
    87009: Rule(GIVE_UP, "登录态已失效", "让用户重新登录"),
    87014: Rule(GIVE_UP, "内容有风险", "修改内容"),
    89503: Rule(ALARM, "服务器 IP 需要管理员确认", "请公众号管理员在微信里确认"),
    89506: Rule(ALARM, "管理员拒绝了该 IP，24 小时内不能再申请", "24 小时后请管理员确认"),
    89507: Rule(ALARM, "管理员拒绝了该 IP，1 小时内不能再申请", "1 小时后请管理员确认"),
}

_CARD_FIELDS = {
    42027: "keyname 缺失",
    42028: "url 缺失",
    42029: "media_id 缺失或不对",
    42030: "appid 缺失或不对",
    42031: "card_type 不对",
    42033: "title 缺失或太长",
    42035: "horizontal_content_list 太长",
    42036: "vertical_content_list 太长",
    42037: "option_list 个数不对",
    42038: "按钮文字缺失或太长",
    42039: "按钮 key 缺失或太长",
    42040: "选项 id 缺失或太长",
    42041: "选项文字缺失或太长",
    42042: "jump_list 太长",
    42043: "question_key 缺失或太长",
    42044: "card_image.url 缺失",
    42045: "card_action 缺失或不对",
    42046: "提交按钮 key 缺失或太长",
    42047: "select_list 个数不对",
    42049: "提交按钮文字缺失或太长",
    42050: "userid 不对",
    42051: "action_menu 的 key 重复",
}
# The numbers between these belong to the same family, though the documents give them no text.
_CARD_RULES = {
    code: Rule(GIVE_UP, f"模板卡片：{_CARD_FIELDS.get(code, '字段不对')}", _BUG) for code in range(42027, 42052)
}

WORK: dict[int, Rule] = _CARD_RULES | {
    -1: Rule(RETRY, "企业微信系统繁忙", "无需处理，稍后自动重试"),
    0: Rule(OK, "成功", ""),
    40001: Rule(ALARM, "Secret 不对", "在企业微信管理后台的应用详情里核对 Secret"),
    40003: Rule(UNREACHABLE, "没有这个成员", "检查该人员绑定的企业微信账号"),
    40004: Rule(GIVE_UP, "素材类型不对", _BUG),
    40006: Rule(GIVE_UP, "文件太大或为空", "图片 10 MB、语音 2 MB、视频 10 MB、文件 20 MB 以内"),
    40007: Rule(GIVE_UP, "素材不存在或已过期", "素材只保存三天，请重新上传"),
    40008: Rule(GIVE_UP, "消息类型不对", _BUG),
    40009: Rule(GIVE_UP, "图片大小不对", "机器人的图片 2 MB 以内"),
    40013: Rule(ALARM, "企业 ID 不对", "在管理后台「我的企业」核对企业 ID"),
    40014: Rule(REFRESH, "access_token 不合法", "已自动刷新；反复出现时核对 Secret"),
    40016: Rule(GIVE_UP, "菜单按钮个数不对", "一级菜单最多 3 个"),
    40017: Rule(GIVE_UP, "菜单按钮类型不对", "检查菜单配置"),
    40018: Rule(GIVE_UP, "菜单名称太长", "一级最多 16 字节，二级最多 40 字节"),
    40019: Rule(GIVE_UP, "菜单 key 太长", "菜单 key 最多 128 字节"),
    40020: Rule(GIVE_UP, "菜单网址太长", "菜单网址最多 1024 字节"),
    40023: Rule(GIVE_UP, "二级菜单个数不对", "每个一级菜单下最多 5 个"),
    40029: Rule(GIVE_UP, "登录 code 无效", "让用户重新登录"),
    40035: Rule(GIVE_UP, "参数不对", _BUG),
    40056: Rule(ALARM, "应用 AgentId 不对", "在管理后台的应用详情里核对 AgentId"),
    40058: Rule(GIVE_UP, "参数不对", _BUG),
    40066: Rule(GIVE_UP, "接口地址不对", _BUG),
    40082: Rule(ALARM, "suite_access_token 不对", "更新第三方应用的授权"),
    40083: Rule(ALARM, "suite_id 不对", "更新第三方应用的授权"),
    40084: Rule(ALARM, "永久授权码不对", "更新第三方应用的授权"),
    40085: Rule(ALARM, "suite_ticket 不对或失效", "更新第三方应用的授权"),
    40091: Rule(ALARM, "Secret 不合法", "在企业微信管理后台的应用详情里核对 Secret"),
    40096: Rule(GIVE_UP, "外部联系人不对", "检查该客户绑定的外部联系人"),
    41001: Rule(GIVE_UP, "没有带 access_token", _BUG),
    41002: Rule(ALARM, "没有带企业 ID", "设置企业 ID"),
    41004: Rule(ALARM, "没有带 Secret", "设置应用的 Secret"),
    41005: Rule(GIVE_UP, "没有带文件", _BUG),
    41050: Rule(GIVE_UP, "欢迎语的 code 无效或已过期", "欢迎语只能在 20 秒内发一次"),
    41051: Rule(GIVE_UP, "会话已经开始，不能再发欢迎语", ""),
    42001: Rule(REFRESH, "access_token 过期", "已自动刷新"),
    42007: Rule(ALARM, "预授权码失效", "更新第三方应用的授权"),
    42009: Rule(ALARM, "suite_access_token 过期", "更新第三方应用的授权"),
    # A row of ours with this task_id is the only way such a call is made twice, so the card is already there.
    42014: Rule(DONE, "任务号重复或不合法", "若该任务号没有发过卡片，请把错误信息发给开发者"),
    42016: Rule(OTHER_DOOR, "要更新的卡片任务号不存在", "改发一条新消息说明结果"),
    42022: Rule(OTHER_DOOR, "一次性的 code 已被使用", "改发一条新消息说明结果；登录则重新登录"),
    43001: Rule(GIVE_UP, "应当用 GET", _BUG),
    43002: Rule(GIVE_UP, "应当用 POST", _BUG),
    44001: Rule(GIVE_UP, "文件是空的", "换一个文件"),
    44002: Rule(GIVE_UP, "请求内容为空", _BUG),
    44003: Rule(GIVE_UP, "图文是空的", _BUG),
    44004: Rule(GIVE_UP, "内容为空", _BUG),
    45002: Rule(GIVE_UP, "内容太长", "缩短内容或分几条发送"),
    45008: Rule(GIVE_UP, "图文条数不对", "图文 1 到 8 条"),
    45009: Rule(QUOTA, "接口调用超过限制", "已暂停至少一分钟；反复出现时减少群发，或在管理后台查看调用量"),
    45011: Rule(WAIT, "调用太频繁", "至少一分钟后再试"),
    45033: Rule(RETRY, "同时调用太多", "降低并发，稍后自动重试"),
    45034: Rule(GIVE_UP, "网址缺少 http:// 或 https://", "检查 PUBLIC_URL 设置"),
    45035: Rule(RETRY, "同一数据正在被修改", "无需处理，稍后自动重试"),
    46003: Rule(GIVE_UP, "菜单不存在", "运行 liaodan menu push"),
    46004: Rule(UNREACHABLE, "没有这个成员", "检查该人员绑定的企业微信账号"),
    47001: Rule(GIVE_UP, "JSON 格式错误", _BUG),
    48002: Rule(ALARM, "应用没有这个接口的权限", "在管理后台给应用开通权限"),
    50001: Rule(ALARM, "回调域名不可信", "在管理后台「网页授权及 JS-SDK」登记域名"),
    50002: Rule(OUTSIDE, "成员不在应用可见范围", "在管理后台把该成员加入应用的可见范围"),
    50003: Rule(ALARM, "应用已停用", "在管理后台启用应用"),
    60011: Rule(OUTSIDE, "应用无权操作该成员、部门或标签", "在管理后台调整应用的可见范围"),
    60020: Rule(ALARM, "服务器 IP 不在企业可信 IP 里", "把错误信息里的 IP 加入应用的「企业可信 IP」"),
    60021: Rule(OUTSIDE, "成员不在应用可见范围", "在管理后台把该成员加入应用的可见范围"),
    60031: Rule(ALARM, "应用被禁止调用接口", "在管理后台检查应用状态"),
    60111: Rule(UNREACHABLE, "没有这个成员", "检查该人员绑定的企业微信账号"),
    60123: Rule(GIVE_UP, "部门编号不对", "检查部门设置"),
    60140: Rule(OTHER_DOOR, "卡片更新码无效或过期", "改发一条新消息说明结果"),
    81013: Rule(UNREACHABLE, "接收人全部无效或无权限", "检查接收人的企业微信账号和应用可见范围"),
    82001: Rule(GIVE_UP, "没有指定接收人", _BUG),
    82002: Rule(GIVE_UP, "部门太多", "每次最多 100 个部门"),
    82003: Rule(GIVE_UP, "标签太多", "每次最多 100 个标签"),
    84014: Rule(GIVE_UP, "user_ticket 不对", "让用户重新登录"),
    84015: Rule(GIVE_UP, "user_ticket 过期", "让用户重新登录"),
    84061: Rule(OTHER_DOOR, "不是该成员的客户", "请销售先在企业微信里加该客户"),
    84074: Rule(ALARM, "没有客户联系权限", "在管理后台「客户联系」开通权限"),
    86001: Rule(GIVE_UP, "群编号不对", "检查群设置"),
    86003: Rule(GIVE_UP, "缺少群编号", "检查群设置"),
    86004: Rule(GIVE_UP, "群名不合法", "检查群设置"),
    86005: Rule(GIVE_UP, "群主不合法", "检查群设置"),
    86006: Rule(GIVE_UP, "群成员数不合法", "检查群设置"),
    86007: Rule(GIVE_UP, "群成员不合法", "检查群设置"),
    86008: Rule(GIVE_UP, "不是本应用建的群", "检查群设置"),
    86216: Rule(GIVE_UP, "会话里有不合法的成员", "检查群设置"),
    86217: Rule(GIVE_UP, "发送人不在会话里", "检查群设置"),
    86220: Rule(GIVE_UP, "会话或消息类型不合法", "检查群设置"),
    93000: Rule(ALARM, "群机器人 key 不对或已被移除", "重新添加群机器人并更新设置"),
    93004: Rule(ALARM, "群机器人已停用", "在群里启用机器人"),
    93008: Rule(ALARM, "群机器人不在群里", "重新添加群机器人并更新设置"),
    301002: Rule(ALARM, "应用无权做这个操作", "在管理后台给应用开通权限"),
    301019: Rule(GIVE_UP, "图片的 md5 不对", _BUG),
    301025: Rule(GIVE_UP, "审批参数不对", _BUG),
    301055: Rule(ALARM, "应用未获审批接口权限", "在「审批」→「可调用接口的应用」里加上本应用"),
    301056: Rule(ALARM, "审批应用已停用", "在管理后台启用审批应用"),
    301057: Rule(RETRY, "审批提交时内部错误", "无需处理，稍后自动重试"),
    301112: Rule(GIVE_UP, "查询的时间跨度太大", "缩小一半再查"),
    2000002: Rule(ALARM, "企业 ID 参数不对", "在管理后台「我的企业」核对企业 ID"),
}

TABLES: dict[str, dict[int, Rule]] = {"official": OFFICIAL, "miniprogram": OFFICIAL, "work": WORK}

PAUSE_S = 60
"""So long the platforms want to be left alone after too many calls (45009, 45011)."""

LONGEST_S = 300

REFUSED_WHEN_BUSY = frozenset({45033, 45035})
"""Codes that say that nothing was done; -1 and 301057 leave it open."""

TOKEN_PATHS = frozenset({"/cgi-bin/stable_token", "/cgi-bin/token", "/cgi-bin/gettoken"})
_BAD_SECRET = Rule(ALARM, "密钥不对", "在管理后台核对 AppSecret 或应用 Secret")


def patience(reaction: Reaction, tries: int) -> int:
    """How many seconds to wait before the next try: more each time, and at least a minute after too many calls."""
    grown = min(1 << tries, LONGEST_S)
    return max(grown, PAUSE_S) if reaction in (WAIT, QUOTA) else grown


def rule(platform: str, code: int, path: str = "") -> Rule:
    """What an errcode of a platform means; the token call's 40001 says that the secret is wrong, not the token."""
    if code == 40001 and path in TOKEN_PATHS:
        return _BAD_SECRET
    return TABLES[platform].get(code) or Rule(GIVE_UP, f"未知错误 {code}", f"请把错误码 {code} 发给开发者")


class WeChatError(Exception):
    """WeChat answered with an errcode other than 0."""

    def __init__(self, platform: str, path: str, code: int, message: str) -> None:
        super().__init__(f"{platform} {path}: {code} {message}")
        self.platform = platform
        self.path = path
        self.code = code
        self.message = message

    @property
    def rule(self) -> Rule:
        """The row of the table for this error."""
        return rule(self.platform, self.code, self.path)

    @property
    def reaction(self) -> Reaction:
        """What to do about this error."""
        return self.rule.reaction

    @property
    def rid(self) -> str:
        """The number under which WeChat's support finds the call; WeCom calls it hint."""
        found = re.search(r"rid: *([\w-]+)|hint: *\[([^\]]+)\]", self.message)
        return (found[1] or found[2]) if found else ""

    @property
    def address(self) -> str:
        """The address we came from, if the message names one, as 40164 and 60020 do."""
        found = re.search(r"(?:from ip:|invalid ip) *([0-9A-Fa-f.:]*[0-9A-Fa-f])", self.message)
        return found[1] if found else ""

    def again(self, *, idempotent: bool) -> bool:
        """Whether the same call may be made once more: anything busy, if WeChat cannot have acted or acts only once."""
        return self.reaction is Reaction.RETRY and (idempotent or self.code in REFUSED_WHEN_BUSY)


class Unanswered(Exception):
    """No usable answer came; the two subclasses say whether WeChat may have acted."""

    def __init__(self, platform: str, path: str, why: str) -> None:
        super().__init__(f"{platform} {path}: {why}")
        self.platform = platform
        self.path = path
        self.why = why


class NoAnswer(Unanswered):
    """Time-out, reset, 5xx or no JSON: WeChat may or may not have acted."""


class NotSent(Unanswered):
    """The request certainly never reached WeChat, so it may be sent again."""


def in_words(error: WeChatError | Unanswered) -> str:
    """What happened and what to do about it, in Chinese, for whoever looks after the machine."""
    door = {"official": "公众号", "work": "企业微信", "miniprogram": "小程序"}[error.platform]
    if isinstance(error, Unanswered):
        return f"{door}：连不上微信（{error.why}）。检查服务器能否访问外网，LIAODAN_{error.platform.upper()}__API_BASE 是否正确"
    address = f"（{error.address}）" if error.address else ""
    support = f"。找微信客服时报 {error.rid}" if error.rid else ""
    return f"{door}：{error.rule.meaning}{address}，错误码 {error.code}。{error.rule.fix}{support}"
