"""Every page there is, by who opens it; each is looked at in both languages, wide and narrow. Rooms add theirs.

An address may hold {lindmala}, {granvik} (short names) and {doris} (public id); other rooms put their own in braces
by adding to the fixture `addresses` in test_every_page.py.
"""

EVERY_PAGE: list[tuple[str, str]] = [
    ("nobody", "/"),
    ("nobody", "/about/"),
    ("nobody", "/accessibility/"),
    ("nobody", "/components/"),
    ("nobody", "/demo/"),
    ("nobody", "/sign-in/login/"),
    ("nobody", "/sign-in/signup/"),
    ("nobody", "/no-such-page/"),
    ("nobody", "/practices/"),
    ("nobody", "/practices/?q=mormor+vill+bo+hemma"),
    ("nobody", "/practices/?q=xyzzy"),
    ("nobody", "/practices/umea-medicingivare/"),
    ("nobody", "/practices/eskilstuna-hemrehab/"),
    ("nobody", "/practices/laholm-ledsagarservice/"),
    ("nobody", "/practices/usa-ekonomiskt-stod-efter-fangelse/"),
    ("nobody", "/practices/vaxjo-vaxjoloftet/"),
    ("nobody", "/practices/sundsvall-skonsmon/"),
    ("nobody", "/practices/sundsvall-skonsmon/rehearse/?enrolments=20&years=1.5"),
    ("nobody", "/board/nosuchaddress/"),
    ("nobody", "/practices/compare/"),
    ("nobody", "/practices/compare/?practice=umea-medicingivare&practice=eskilstuna-hemrehab"),
    ("nobody", "/practices/compare/?practice=nope"),
    ("nobody", "/practices/umea-medicingivare/rehearse/"),
    ("nobody", "/practices/umea-medicingivare/rehearse/?enrolments=many"),
    ("nobody", "/practices/usa-ekonomiskt-stod-efter-fangelse/rehearse/?enrolments=432"),
    ("nobody", "/practices/eskilstuna-hemrehab/rehearse/?enrolments=20&years=1.1"),
    ("alva", "/practices/laholm-ledsagarservice/"),
    ("alva", "/account/"),
    ("alva", "/organisations/{lindmala}/access-log/"),
    ("alva", "/sign-in/password/change/"),
    ("alva", "/sign-in/2fa/"),
    ("bo", "/organisations/{lindmala}/access-log/"),
    ("elin", "/accessibility/feedback/"),
    ("elin", "/practices/desk/"),
    ("doris", "/account/"),
]
