"""宏远五金, a hardware wholesaler with a small workshop: its people, customers, products, as data."""

from dataclasses import dataclass

NAME = "宏远五金"

DEPARTMENTS = (
    ("公司", None, "E001"),
    ("销售部", "公司", "E002"),
    ("仓库", "公司", "E005"),
    ("车间", "公司", "E008"),
    ("车床组", "车间", "E006"),
    ("财务", "公司", "E009"),
    ("人事行政", "公司", "E010"),
    ("质检", "公司", "E011"),
    ("采购", "公司", "E012"),
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """An employee; `work` is the WeCom userid."""

    number: str
    nickname: str
    name: str
    work: str
    roles: tuple[str, ...]
    department: str
    superior: str | None


COLLEAGUES = (
    Colleague("E001", "王总", "王建国", "wangjianguo", ("manager", "admin"), "公司", None),
    Colleague("E002", "老陈", "陈国栋", "chenguodong", ("manager",), "销售部", "E001"),
    Colleague("E003", "小李", "李婷", "liting", ("salesperson",), "销售部", "E002"),
    Colleague("E004", "小赵", "赵敏", "zhaomin", ("salesperson",), "销售部", "E002"),
    Colleague("E005", "老周", "周福", "zhoufu", ("warehouse",), "仓库", "E001"),
    Colleague("E006", "小张", "张伟", "zhangwei", ("worker",), "车床组", "E008"),
    Colleague("E007", "小刘", "刘洋", "liuyang", ("worker",), "车床组", "E008"),
    Colleague("E008", "大孙", "孙磊", "sunlei", ("manager",), "车间", "E001"),
    Colleague("E009", "小吴", "吴静", "wujing", ("finance",), "财务", "E001"),
    Colleague("E010", "小林", "林芳", "linfang", ("hr_office",), "人事行政", "E001"),
    Colleague("E011", "老何", "何勇", "heyong", ("quality",), "质检", "E008"),
    Colleague("E012", "小徐", "徐丽", "xuli", ("purchasing",), "采购", "E001"),
    Colleague("E013", "小王", "王磊", "wanglei", ("warehouse",), "仓库", "E005"),
    Colleague("E014", "小钱", "钱芳", "qianfang", ("salesperson",), "销售部", "E002"),
    Colleague("E015", "小郑", "郑凯", "zhengkai", ("salesperson",), "销售部", "E002"),
    Colleague("E016", "老冯", "冯刚", "fenggang", ("worker",), "车间", "E008"),
    Colleague("E017", "小韩", "韩雪", "hanxue", ("worker",), "车间", "E008"),
    Colleague("E018", "小杨", "杨帆", "yangfan", ("worker",), "车床组", "E008"),
    Colleague("E019", "小朱", "朱琳", "zhulin", ("finance",), "财务", "E009"),
    Colleague("E020", "小秦", "秦岚", "qinlan", ("service",), "销售部", "E002"),
    Colleague("E021", "小许", "许诺", "xunuo", ("marketing",), "销售部", "E002"),
    Colleague("E022", "老吕", "吕强", "lvqiang", ("warehouse",), "仓库", "E005"),
    Colleague("E023", "小施", "施雨", "shiyu", ("purchasing",), "采购", "E012"),
    Colleague("E024", "小严", "严冬", "yandong", ("quality",), "质检", "E011"),
    Colleague("E025", "小金", "金晶", "jinjing", ("hr_office",), "人事行政", "E010"),
)


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer, and what it owes: amounts with the days since they were invoiced."""

    name: str
    owner: str
    limit: str | None
    terms_days: int
    month_end: bool = False
    address: str = ""
    owes: tuple[tuple[str, int], ...] = ()


BUYERS = (
    Buyer("宏达建材", "E003", "50000", 30, address="建设路88号", owes=(("12860.50", 10),)),
    Buyer("建业工程", "E003", "200000", 60, owes=(("64000.00", 75), ("64000.00", 20))),
    Buyer("老王五金店", "E004", "5000", 30, month_end=True, owes=(("1200.00", 5),)),
)

MORE_BUYERS = (
    "金辉机电", "华泰装饰", "永兴五金", "盛世建设", "东方水暖", "恒通物资", "天成钢构", "瑞丰机械", "新城电器", "大地建材",
    "长江管业", "万家灯饰", "精诚模具", "鑫源贸易", "海润工程", "中原阀门", "利民五金", "广厦装饰", "福星机电", "科达自动化",
    "明珠水电", "宝利来建材", "立信设备", "顺达物流", "百川环保", "腾飞机械", "同心建筑", "祥云装饰", "宏图钢材", "美家建材",
    "众诚电气", "佳和水暖", "安泰消防", "隆昌五金", "南方轴承", "信达工贸", "振兴机械",
)  # fmt: skip

OLD_DEBTS = (("鑫源贸易", "6480.00", 105), ("海润工程", "3200.00", 78), ("同心建筑", "1960.00", 140))
"""What some have owed for long: who, how much, and the days since it was invoiced."""

E_INVOICE = ("宏达建材", "24322000001234")
"""The tax office's number of what a customer owed when the books began."""

CONTACTS = (
    ("C001", "周经理", "13900001111", "宏达建材"),
    ("C002", "王工", "13900002222", "建业工程"),
    ("C003", "老王", "13900003333", "老王五金店"),
)

SUPPLIERS = ("佛照", "宝钢贸易", "正泰", "联塑", "哈轴", "远东电缆", "坚美铝业", "永高阀门")

WAREHOUSES = ("主仓", "二号仓")


@dataclass(frozen=True, slots=True)
class Goods:
    """A product with what each warehouse holds of it."""

    code: str
    name: str
    unit: str
    pack: tuple[str, str] | None
    price: str | None
    cost: str
    main: str
    second: str
    minimum: str | None
    barcode: str | None = None


GOODS = (
    Goods("M8X30", "M8×30 不锈钢螺栓", "个", ("箱", "1000"), "0.45", "0.2635", "9200", "2800", "5000", "6901234567892"),
    Goods("M10X40", "M10×40 不锈钢螺栓", "个", ("箱", "500"), "0.98", "0.61", "3000", "0", "4000"),
    Goods("M8BAR", "M8 棒料", "根", None, None, "6.20", "300", "0", "100"),
    Goods("M8TAP", "M8 丝锥", "支", ("盒", "10"), None, "9.50", "40", "0", "10"),
    Goods("T8-18W", "T8灯管18W", "支", ("箱", "25"), "12.80", "7.90", "500", "100", "200"),
    Goods("PPR20", "PPR水管20", "米", ("根", "4"), "4.60", "2.75", "1200", "400", "500"),
    Goods("SW86W", "86型开关面板 白", "个", ("箱", "50"), "6.50", "3.40", "600", "0", "200"),
    Goods("SW86S", "86型开关面板 银", "个", ("箱", "50"), "7.20", "3.80", "150", "0", "100"),
    Goods("BV25R", "BV2.5电线 红", "卷", None, "185.00", "142.00", "60", "20", "30"),
    Goods("BRG6204", "6204轴承", "个", None, "14.50", "9.10", "800", "0", "300"),
    Goods("AV15", "角阀DN15", "个", ("箱", "40"), "22.00", "13.60", "420", "0", "200"),
    Goods("AL4040", "铝型材4040", "根", None, "96.00", "68.00", "120", "0", "60"),
    Goods("HB200W", "工矿灯200W", "个", None, "268.00", "205.00", "40", "0", "100"),
    Goods("RACK1", "型材货架 1200", "件", None, "260.00", "171.00", "0", "0", None),
)

LOTS = {"BV25R": ("B261120", "15")}

LOCATIONS = {"A-03-2": ("M8X30", "AV15"), "B-01-1": ("M10X40",)}
"""Places in 主仓, and what lies there."""

# Name, unit, price, cost: what else hangs in the racks.
MORE_GOODS = (
    ("M6×20 内六角螺钉", "个", "0.32", "0.18"), ("M12×50 外六角螺栓", "个", "1.65", "1.02"),
    ("M12 平垫圈", "个", "0.12", "0.06"), ("M12 弹簧垫圈", "个", "0.15", "0.08"), ("M12 六角螺母", "个", "0.38", "0.21"),
    ("ST4.2 自攻钉", "个", "0.08", "0.04"), ("膨胀螺栓M10", "个", "1.20", "0.70"), ("化学锚栓M12", "套", "6.80", "4.20"),
    ("球阀DN20", "个", "28.00", "17.50"), ("闸阀DN50", "个", "96.00", "64.00"), ("止回阀DN25", "个", "36.00", "22.00"),
    ("不锈钢软管40cm", "根", "8.50", "4.80"), ("生料带", "卷", "1.50", "0.70"), ("PPR弯头20", "个", "1.60", "0.85"),
    ("PPR三通20", "个", "2.10", "1.15"), ("PVC线管20", "米", "2.30", "1.30"), ("PVC排水管110", "米", "18.00", "11.50"),
    ("LED球泡9W", "个", "7.50", "4.10"), ("LED面板灯600", "个", "88.00", "58.00"), ("应急灯双头", "个", "42.00", "27.00"),
    ("五孔插座 白", "个", "8.80", "4.90"), ("空气开关C32", "个", "16.50", "9.80"), ("漏电保护器C40", "个", "48.00", "31.00"),
    ("BV4电线 蓝", "卷", "285.00", "221.00"), ("RVV护套线2×1.5", "米", "3.60", "2.40"), ("网线六类", "箱", "420.00", "318.00"),
    ("6205轴承", "个", "18.00", "11.20"), ("6306轴承", "个", "32.00", "20.50"), ("同步带HTD5M", "条", "46.00", "29.00"),
    ("链条08B", "米", "38.00", "24.00"), ("切割片125", "片", "3.20", "1.70"), ("磨光片100", "片", "2.80", "1.50"),
    ("麻花钻8mm", "支", "6.50", "3.60"), ("焊条J422 3.2", "公斤", "7.80", "5.10"), ("电焊手套", "双", "12.00", "6.50"),
    ("安全帽ABS", "个", "22.00", "13.00"), ("防护眼镜", "副", "9.50", "5.00"), ("反光背心", "件", "15.00", "8.20"),
    ("角钢40×4", "米", "21.00", "15.80"), ("方管50×50", "米", "32.00", "24.50"), ("镀锌板1.0", "张", "186.00", "148.00"),
    ("玻璃胶 透明", "支", "11.00", "6.20"), ("结构胶", "支", "18.50", "11.00"), ("卷尺5米", "把", "14.00", "7.60"),
    ("活动扳手10寸", "把", "38.00", "23.00"), ("套筒组套", "套", "168.00", "112.00"),
)  # fmt: skip


def openid(prefix: str, number: str) -> str:
    """The identity of a person in the demo: o_E003 and zeros, 28 characters."""
    return f"{prefix}_{number}".ljust(28, "0")
