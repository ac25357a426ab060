# Each target is one call; what it does is decided in `untochat`, the specs and the tests.
TARGET ?= fedora-45
SECONDS ?= 60
UNTOCHAT = .build/debug/untochat
UNPACKED = .build/unpacked
# These need a finished release, and root: other users' logins, empty systems to install into. One after the other: a
# program that was just written cannot be started while another test's fork still holds it open.
INTEGRATION = IntegrationTests|ReleaseBehaviourTests|ConfinedProgramTests|PolicyTests|ServerTests
AS_ROOT = $(if $(filter 0,$(shell id -u)),,sudo --preserve-env=HOME env "PATH=$(PATH)")
WITH_RELEASE = $(AS_ROOT) env UNTOCHAT_INTEGRATION=1 UNTOCHAT_BINARY=$(CURDIR)/$(UNTOCHAT) \
	UNTOCHAT_RELEASE=$(CURDIR)/rpmbuild/repo/$(TARGET) \
	NGIRCDUS_BINARY=$(NGIRCDUS) \
	UNTOSH_SHIPPED_BINARY=$(CURDIR)/$(UNPACKED)/shipped/opt/bin/untosh \
	UNTOSH_TEST_BINARY=$(CURDIR)/$(UNPACKED)/test/opt/bin/untosh \
	IRSSIUS_SHIPPED_BINARY=$(CURDIR)/$(UNPACKED)/shipped/opt/bin/irssius \
	IRSSIUS_TEST_BINARY=$(CURDIR)/$(UNPACKED)/test/opt/bin/irssius

LAB = .build/debug/untochat-lab
# The tests as a program: a second `swift test` would wait for the first one to leave .build.
TESTS = .build/debug/untochatPackageTests.xctest --testing-library swift-testing

.PHONY: installer release check check-all check-programs check-release check-irc check-tools all-tools fast lint policy server \
	lab try-lab try-lab-core lab-tools try-integration try-behaviour \
	bench bench-irc bench-irssius fuzz try-fuzz dev build clean tor-test try-tor

## release: compile, audit, sign, publish and verify everything (KEY=ID signs with a real key)
release: build
	$(UNTOCHAT) release --target $(TARGET) $(if $(KEY),--key '$(KEY)')

## check: everything that need not last: from formatting to a real dnf, an attacked shell, and a machine with SELinux
# Each of the trials of a finished release uses about one processor, the lab two.
check: check-programs check-release
	$(MAKE) --no-print-directory try-lab-core

## check-all: the same, and the whole lab in the place of its first chapters
check-all: check-programs check-release
	$(MAKE) --no-print-directory try-lab

check-programs: all-tools lint fast policy server check-irc release
	Tests/unpack-programs $(UNTOCHAT) $(TARGET) $(UNPACKED)
	$(WITH_RELEASE) swift test --skip-build --filter '^ConfinedProgramTests'
	swift build --product untochat-lab

check-release: check-programs
	$(MAKE) --no-print-directory --jobs=2 try-integration try-behaviour try-tor try-fuzz

try-integration:
	$(WITH_RELEASE) $(TESTS) --filter '^IntegrationTests'

try-behaviour:
	$(WITH_RELEASE) $(TESTS) --filter '^ReleaseBehaviourTests'

try-fuzz:
	Fuzz/run.sh 5

## lab: a real machine with SELinux in QEMU, and every promise about a finished release tried in it
lab: lab-tools
	swift build --product untochat-lab
	swift build --build-tests
	$(MAKE) --no-print-directory try-lab

# What all the rest stands on: labels, logins into their domains and what denies them, chat, passwd, the daemon, boots,
# packages; and the attempts to escape from inside.
LAB_CORE = installation sessions logins daemon boot live packages
LAB_TESTS = $(AS_ROOT) env UNTOCHAT_LAB=1 UNTOCHAT_RELEASE=$(CURDIR)/rpmbuild/repo/$(TARGET) $(TESTS)
try-lab-core:
	$(AS_ROOT) $(LAB) run --target $(TARGET) $(LAB_CORE)
	$(LAB_TESTS) --filter '^LabTests.EscapeMatrixTests'

try-lab:
	$(AS_ROOT) $(LAB) run --target $(TARGET)
	$(LAB_TESTS) --no-parallel --filter '^LabTests'

## tor-test: a private Tor network on this machine, and what a server promises about Tor tried in it
tor-test: check-tools build
	test -d $(UNPACKED)/test || Tests/unpack-programs $(UNTOCHAT) $(TARGET) $(UNPACKED)
	swift build --build-tests
	$(MAKE) --no-print-directory try-tor

# In namespaces: nothing can get out, and whatever is started, mounted or listening goes away with them.
try-tor:
	bootstrap/install tor
	$(WITH_RELEASE) UNTOCHAT_TOR=1 unshare --net --mount --pid --fork --kill-child --mount-proc \
	    sh -c 'ip link set lo up && exec $(TESTS) --filter "^IntegrationTests.Tor"'

## installer: the installer's program with QEMU, an image that stands in for Fedora's, and the kickstart's scripts for real
installer: check-tools
	bootstrap/install installer
	swift build --build-tests
	$(AS_ROOT) env UNTOCHAT_INSTALLER=1 $(TESTS) --filter '^InstallerTests'

NGIRCDUS ?= $(CURDIR)/.build/debug/ngircdus
## check-irc: the chat server beside ngircd, with clients that people use, and against its specifications
check-irc: check-tools
	swift build --build-tests
	UNTOCHAT_INTEGRATION=1 NGIRCDUS_BINARY=$(NGIRCDUS) \
	    swift test --skip-build --filter '^IRC(Difference|Conformance|Client|Screen)Tests'

## fast: the tests that need nothing but this checkout
# The administrator's tools' alone: they wait for programs, and with two processors everybody would wait with them. The chat
# daemon's alone and one after the other: some hold ten thousand descriptors, and with so many Foundation's Process reads past
# the end of the list of them (it copies whole directory entries).
fast: check-tools
	swift build --build-tests
	swift test --skip-build --skip '$(INTEGRATION)|^ChatDaemonTests|^AdminToolsTests'
	swift test --skip-build --filter '^AdminToolsTests'
	swift test --skip-build --no-parallel --filter '^ChatDaemonTests'

## policy: link the SELinux policy with a whole base policy, compare it with what is expected, and prove the comparison
policy: check-tools build
	$(UNTOCHAT) policy check
	swift build --build-tests
	$(AS_ROOT) swift test --skip-build --filter '^PolicyTests'

## server: the server's configuration before sshd, the firewall in a network namespace, the units before systemd
server: check-tools
	swift build --build-tests
	$(AS_ROOT) env "PATH=$$PATH:/usr/sbin:/sbin" swift test --skip-build --filter '^ServerTests'

## lint: formatting, shell scripts and man pages
lint: check-tools
	swift format lint --strict --recursive Package.swift Sources Tests Fuzz
	shellcheck .ci/run bootstrap/install Fuzz/run.sh Tests/unpack-programs Tests/EscapeMatrix/guest.sh \
		Tests/InstallerTests/stand-in-init \
		appliance/usr/libexec/untochat-selinux-setup appliance/opt/sbin/untochat-selinux-check
	mandoc -T lint -W warning docs/man/*.[1-8]

## bench: how long a release takes, beside plain rpmbuild, what the chat server bears, beside two others, and the chat client beside irssi
bench: build
	$(UNTOCHAT) bench --target $(TARGET)
	$(MAKE) bench-irc bench-irssius
	swift build -c release --product chat-client-benchmark
	.build/release/chat-client-benchmark

## bench-irc: ngircdus, ngircd and InspIRCd under load, ROUNDS times in turns
# Linked as the shipped one is: with shared libraries it would need more memory, and time to start.
ROUNDS ?= 3
bench-irc:
	bootstrap/install build bench
	for product in ngircdus irc-load irc-bench; do \
	    swift build -c release --static-swift-stdlib --product $$product || exit 1; done
	.build/release/irc-bench --ngircdus .build/release/ngircdus --rounds $(ROUNDS) --json .build/bench-irc.json

## bench-irssius: irssius and irssi on equal terminals, ROUNDS times in turns
# Embedded as the shipped one is, but without its refusals.
EMBEDDED = $(shell swiftc -print-target-info | sed -n 's|.*"runtimeResourcePath" *: *"\(.*\)".*|\1|p')/embedded
bench-irssius:
	bootstrap/install build bench
	UNTOCHAT_EMBEDDED=1 UNTOCHAT_EMBEDDED_LIBRARIES=$$(echo $(EMBEDDED)/$$(uname -m)-*linux-gnu) \
	    swift build -c release --scratch-path .build-embedded --product irssius
	swift build -c release --product irssius-bench
	.build/release/irssius-bench --irssius .build-embedded/release/irssius --rounds $(ROUNDS) --json .build/bench-irssius.json

## fuzz: SECONDS of fuzzing for each target, and dialogues that ngircd and ours have never been compared in
fuzz: check-tools
	Fuzz/run.sh $(SECONDS)
	swift build --build-tests
	IRC_SEED=random IRC_DIALOGUES=$$((3 * $(SECONDS))) UNTOCHAT_INTEGRATION=1 NGIRCDUS_BINARY=$(NGIRCDUS) \
	    swift test --skip-build --filter '^IRCDifferenceTests'

## dev: the chat server for this machine, which runs anywhere as any user: .build/debug/ngircdus -n -f FILE
dev: check-tools
	swift build --product ngircdus

build:
	bootstrap/install build
	swift build --product untochat

check-tools:
	bootstrap/install build check

lab-tools:
	bootstrap/install build check lab

all-tools:
	bootstrap/install build check lab tor

clean:
	rm -rf .build .build-* rpmbuild/RPMS rpmbuild/SRPMS rpmbuild/cache rpmbuild/logs rpmbuild/repo rpmbuild/work rpmbuild/unsigned rpmbuild/release-*.json
