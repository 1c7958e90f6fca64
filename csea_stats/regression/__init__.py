"""Respondents' rows and a model's specification into a fit."""
