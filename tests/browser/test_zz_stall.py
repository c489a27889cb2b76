import socket, time
from contextlib import ExitStack
import pytest
import selfassess.middleware as m
from tests.browser.conftest import *
from tests.browser.test_uploads import Sender
def test_stall(server):
    s=Sender(server)
    key,pk=server.ask("select key,id from assessments_evidencefile limit 1")[0]
    path=server.database.parent/"evidence"/key
    size=30_000_000
    path.write_bytes(b"1"*size)
    import sqlite3
    with closing(sqlite3.connect(server.database)) as c:
        c.execute("drop trigger if exists x")
        for (n,) in c.execute("select name from sqlite_master where type='trigger' and tbl_name='assessments_evidencefile'").fetchall(): c.execute(f"drop trigger {n}")
        c.execute("update assessments_evidencefile set size=? where id=?",(size,pk)); c.commit()
    conns=[]
    for _ in range(5):
        k=socket.socket(); k.setsockopt(socket.SOL_SOCKET,socket.SO_RCVBUF,4096); k.connect(("127.0.0.1",server.port))
        h="".join(f"{a}: {b}\r\n" for a,b in s.headers().items() if a!="HX-Request")
        k.sendall(f"GET /evidence/file/{pk}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{h}\r\n".encode()); print(k.recv(30)); conns.append(k)
        time.sleep(.2)
    t=time.time(); began=t
    print(s.ask("GET","/tasks/")[0], time.time()-t)
    deadline=time.time()+100
    while time.time()<deadline:
        st,_=s.ask("HEAD",f"/evidence/file/{pk}/"); 
        k=socket.socket(); k.setsockopt(socket.SOL_SOCKET,socket.SO_RCVBUF,4096); k.connect(("127.0.0.1",server.port))
        h="".join(f"{a}: {b}\r\n" for a,b in s.headers().items() if a!="HX-Request")
        k.sendall(f"GET /evidence/file/{pk}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{h}\r\n".encode()); got=k.recv(30); k.close()
        if b"200" in got: print("place came back after", time.time()-began); break
        time.sleep(2)
    else: print("never")
    for k in conns: k.close()
