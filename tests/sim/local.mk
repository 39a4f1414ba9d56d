# tests/sim: see tests/sim/README.md
SIM_WORLD = \
  tests/sim/sim.h tests/sim/check.c tests/sim/config.c tests/sim/engine.c tests/sim/faults.c \
  tests/sim/host.c tests/sim/manager.c tests/sim/network.c tests/sim/process.c tests/sim/world.c
SIM_LIBS = libhbdnode.a libcrmplan.a libhbdcore.a libcrmexec.a libcrmmodel.a libhbdwire.a \
  libhbdbase.a $(GLIB_LIBS)

check_PROGRAMS += tests/sim/sim tests/sim/test_scenarios
tests_sim_sim_SOURCES = $(SIM_WORLD) tests/sim/jobs.c tests/sim/jobs.h tests/sim/main.c tests/sim/story.c
tests_sim_sim_LDADD = $(SIM_LIBS)
tests_sim_test_scenarios_SOURCES = $(SIM_WORLD) tests/sim/test_scenarios.c
tests_sim_test_scenarios_LDADD = $(SIM_LIBS)

# Virtual routers: a world of its own.
VRRP_WORLD = \
  tests/sim/keepalived_peer.c tests/sim/keepalived_peer.h \
  tests/sim/vrrp_check.c tests/sim/vrrp_config.c tests/sim/vrrp_faults.c tests/sim/vrrp_router.c \
  tests/sim/vrrp_sim.h tests/sim/vrrp_story.c tests/sim/vrrp_world.c
VRRP_LIBS = libhbdcore.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
check_PROGRAMS += tests/sim/vrrp tests/sim/test_keepalived_peer
tests_sim_test_keepalived_peer_SOURCES = \
  tests/sim/keepalived_peer.c tests/sim/keepalived_peer.h tests/sim/test_keepalived_peer.c
tests_sim_test_keepalived_peer_LDADD = $(VRRP_LIBS)
TESTS += tests/sim/test_keepalived_peer tests/sim/smoke_vrrp
dist_check_SCRIPTS = tests/sim/smoke_vrrp
tests_sim_vrrp_SOURCES = $(VRRP_WORLD) tests/sim/jobs.c tests/sim/jobs.h tests/sim/vrrp_main.c
tests_sim_vrrp_LDADD = $(VRRP_LIBS)

TESTS += tests/sim/test_scenarios tests/sim/smoke
dist_check_SCRIPTS += tests/sim/smoke
EXTRA_DIST += tests/sim/README.md tests/mutants/README.md tests/mutants/run \
  tests/mutants/last-result.txt \
  tests/mutants/core-deadtime-half.mutant \
  tests/mutants/core-generation-kept.mutant \
  tests/mutants/core-initdead-short.mutant \
  tests/mutants/core-pause-unnoticed.mutant \
  tests/mutants/core-replay-taken.mutant \
  tests/mutants/core-sequence-twice.mutant \
  tests/mutants/core-status-rare.mutant \
  tests/mutants/exec-journal-late.mutant \
  tests/mutants/exec-last-stays.mutant \
  tests/mutants/exec-renew-rare.mutant \
  tests/mutants/exec-start-while-frozen.mutant \
  tests/mutants/exec-stop-believed.mutant \
  tests/mutants/node-pause-after-group.mutant \
  tests/mutants/node-pause-late.mutant \
  tests/mutants/plan-both-keep.mutant \
  tests/mutants/plan-grant-before-stop.mutant \
  tests/mutants/plan-old-claims.mutant \
  tests/mutants/plan-old-shutdone.mutant \
  tests/mutants/plan-start-before-clear.mutant \
  tests/mutants/plan-stuck-forgotten.mutant \
  tests/mutants/plan-winner-stops.mutant \
  tests/mutants/wire-assert-on-input.mutant \
  tests/mutants/wire-digest-unchecked.mutant \
  tests/mutants/vrrp-advert-rare.mutant \
  tests/mutants/vrrp-ah-unchecked.mutant \
  tests/mutants/vrrp-checksum-unchecked.mutant \
  tests/mutants/vrrp-down-long.mutant \
  tests/mutants/vrrp-fault-keeps.mutant \
  tests/mutants/vrrp-group-alone.mutant \
  tests/mutants/vrrp-group-stays.mutant \
  tests/mutants/vrrp-hmac-unchecked.mutant \
  tests/mutants/vrrp-loser-silent.mutant \
  tests/mutants/vrrp-no-preemption.mutant \
  tests/mutants/vrrp-password-unchecked.mutant \
  tests/mutants/vrrp-pause-unnoticed.mutant \
  tests/mutants/vrrp-tie-lower.mutant \
  tests/mutants/vrrp-twins-deaf.mutant \
  tests/mutants/vrrp-winner-silent.mutant \
  tests/mutants/vrrp-zero-early.mutant
