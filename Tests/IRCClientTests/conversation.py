"""Two users of the Python library irc hold a conversation on 127.0.0.1:PORT. Exits with 0 when all was as expected.

Nothing sleeps: each step turns the library's reactor until the event that it waits for has come, or fails.
"""

import sys
import time

import irc.client

PATIENCE_SECONDS = 20
LONG = "žluťoučký kůň úpěl ďábelské ódy – 你好，世界 –" * 4


class Person:
    def __init__(self, reactor, port, nick):
        self.reactor = reactor
        self.events = []
        self.connection = reactor.server()
        self.connection.add_global_handler("all_events", self.remember)
        self.connection.connect("127.0.0.1", port, nick)
        self.wait("welcome")

    def remember(self, _connection, event):
        self.events.append(event)

    def wait(self, kind, *words):
        """The next event of this kind whose source, target and arguments hold these words."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            while self.events:
                event = self.events.pop(0)
                text = " ".join([str(event.source), str(event.target), *map(str, event.arguments)])
                if event.type == kind and all(word in text for word in words):
                    return event
            self.reactor.process_once(timeout=0.2)
        sys.exit(f"{self.connection.get_nickname()} waited in vain for {kind} {words}")


def converse(port):
    # Called IRC before version 9.
    reactor = getattr(irc.client, "Reactor", None) or irc.client.IRC
    reactor = reactor()
    anna = Person(reactor, port, "anna")
    bela = Person(reactor, port, "bela")
    anna.connection.join("#talk")
    anna.wait("endofnames", "#talk")
    bela.connection.join("#talk")
    bela.wait("endofnames", "#talk")
    anna.wait("join", "bela")

    anna.connection.privmsg("#talk", "hello")
    bela.wait("pubmsg", "anna", "hello")
    bela.connection.privmsg("anna", LONG)
    assert anna.wait("privmsg", "bela").arguments[0] == LONG
    bela.connection.notice("#talk", "notice this")
    anna.wait("pubnotice", "notice this")
    anna.connection.action("#talk", "waves")
    bela.wait("action", "waves")
    # Without a parameter this version of the library sends its own format string.
    anna.connection.ctcp("PING", "bela", "123")
    bela.wait("ctcp", "PING", "123")
    bela.connection.ctcp_reply("anna", "PING 123")
    anna.wait("ctcpreply", "PING")

    anna.connection.topic("#talk", "what we talk about")
    bela.wait("topic", "what we talk about")
    anna.connection.mode("#talk", "+v bela")
    bela.wait("mode", "+v", "bela")
    bela.connection.mode("#talk", "+m")
    bela.wait("chanoprivsneeded", "#talk")
    bela.connection.send_raw("AWAY :lunch")
    bela.wait("nowaway")
    anna.connection.whois(["bela"])
    anna.wait("whoisuser", "bela")
    anna.wait("away", "lunch")
    anna.wait("endofwhois")
    anna.connection.names(["#talk"])
    anna.wait("namreply", "@anna", "+bela")
    bela.connection.nick("bea")
    anna.wait("nick", "bela", "bea")
    anna.connection.kick("#talk", "bea", "enough")
    bela.wait("kick", "bea", "enough")
    bela.connection.join("#talk")
    anna.wait("join", "bea")
    # This version of the library sends the text without a colon, so it is one word.
    bela.connection.part("#talk", "done")
    anna.wait("part", "bea")
    bela.connection.quit("bye")
    bela.wait("disconnect")


converse(int(sys.argv[1]))
