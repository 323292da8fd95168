import os
import pytest
from genklang.operate import services
from genklang.people.services import add_person
from tests.browser.running import adopted, told, pass_time
from tests.browser.test_gotland_spt import *
from tests.browser.test_gotland_spt import wall, team, family, gun, _begun, REFERRAL, case_of
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OUT='/tmp/h4'
def shot(page,name):
    for w in (1280,320):
        page.set_viewport_size({"width": w, "height": 900})
        page.screenshot(path=f"{OUT}/{name}-{w}.png",full_page=True)
def test_look(team, family, gun, bo, doris, alva, wall, open_as):
    _begun(wall, family)
    for n in range(2,24):
        wall.set("2026-03-20 08:00")
        row=services.enrol(team,title=f"Familj {n}",key=f"F-{n}")
        told(wall,row,("2026-03-2%d 1%d:00"%(n//10,n%10),"referred",{**REFERRAL,"worsening":n==22}))
    pass_time(wall,"2026-04-24 10:00")
    p=open_as(bo,f"/adoptions/{team.public_id}/places/"); shot(p,"g-places")
    p=open_as(bo,case_of(family)); shot(p,"g-case")
    p=open_as(doris,"/me/"); shot(p,"g-me")
    p=open_as(alva,f"/adoptions/{team.public_id}/",language="en"); shot(p,"g-adoption")
    p=open_as(bo,"/work/"); shot(p,"g-work")
