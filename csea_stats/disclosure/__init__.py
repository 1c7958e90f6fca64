"""What of respondents' answers may leave: the rule, the tables that it allows, the survey made of them."""
