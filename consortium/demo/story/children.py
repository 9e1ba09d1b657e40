"""Forty children: name, sex, age in days on the day of loading, weight in grams. Twins stand beside one another."""

from typing import NamedTuple


class Child(NamedTuple):
    name: str
    sex: str
    age_days: int
    grams: int
    place: str
    allergies: str = ""


#: A newborn without a name yet, and twins of whom one mother asks.
BABY_OF = Child("Zhou Lan", "female", 3, 3150, "willow")
TWINS_OF = Child("Sun Yi", "male", 12, 2480, "plum")

#: Family names of the mothers of all others.
MOTHERS = ("Chen", "Gao", "Luo", "Qi", "Tan", "Xia", "Yu")

CHILDREN = (
    Child("Wang Zihan", "female", 215, 6800, "willow"),
    Child("Li Haoran", "male", 1480, 16000, "north_district"),
    Child("Zhang Yichen", "male", 760, 11500, "stone"),
    Child("Liu Ruoxi", "female", 430, 7400, "willow"),
    Child("Chen Muyan", "male", 2600, 22500, "plum", "penicillin: rash"),
    Child("Yang Xinyi", "female", 95, 5600, "lake"),
    Child("Huang Zimo", "male", 3300, 27000, "stone"),
    Child("Zhao Keke", "female", 540, 9800, "willow"),
    Child("Wu Jingyi", "female", 1900, 17800, "plum"),
    Child("Zhou Tianyu", "male", 1250, 14600, "lake"),
    Child("Xu Mengqi", "female", 60, 4700, "north_district"),
    Child("Sun Boyuan", "male", 4100, 36000, "south_district"),
    Child("Ma Ruihan", "male", 330, 9100, "stone"),
    Child("Zhu Yutong", "female", 1020, 13200, "willow"),
    Child("Hu Chenxi", "male", 180, 7300, "plum"),
    Child("Guo Jiayi", "female", 2250, 19500, "lake"),
    Child("Lin Yifan", "male", 700, 12000, "north_district"),
    Child("He Shihan", "female", 150, 6200, "willow", "cow's milk protein"),
    Child("Gao Zixuan", "male", 1600, 16900, "south_district"),
    Child("Luo Anqi", "female", 880, 12100, "plum"),
    Child("Zheng Yuze", "male", 45, 4300, "stone"),
    Child("Liang Kexin", "female", 2900, 24100, "willow"),
    Child("Xie Hongyi", "male", 510, 10400, "lake"),
    Child("Song Yinuo", "female", 1350, 14900, "north_district"),
    Child("Tang Junjie", "male", 3900, 33500, "plum"),
    Child("Deng Siyu", "female", 270, 8000, "stone"),
    Child("Han Zhiyuan", "male", 1150, 14100, "willow"),
    Child("Cao Lele", "female", 20, 3500, "lake"),
    Child("Feng Yuchen", "male", 640, 11200, "south_district"),
    Child("Dong Wanting", "female", 2050, 18400, "stone"),
    Child("Cheng Jiahao", "male", 400, 9700, "plum"),
    Child("Ren Xiaoman", "female", 1700, 16500, "willow"),
    Child("Lu Zeyu", "male", 120, 6500, "lake"),
    Child("Yuan Shuyi", "female", 3100, 25800, "north_district"),
    Child("Jiang Muchen", "male", 950, 13000, "stone"),
    Child("Pan Xiyue", "female", 80, 5100, "south_district"),
    Child("Yu Zihang", "male", 2400, 21300, "plum"),
)
