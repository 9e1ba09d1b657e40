from django.apps import AppConfig


class DecisionManualConfig(AppConfig):
    name = "decision_manual"
