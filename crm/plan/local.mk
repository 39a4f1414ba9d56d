# crm/plan: see doc/hacking.md, Folders
noinst_LIBRARIES += libcrmplan.a
libcrmplan_a_SOURCES = \
  crm/plan/takeover.h crm/plan/takeover_private.h \
  crm/plan/takeover.c \
  crm/plan/takeover_claims.c \
  crm/plan/takeover_command.c \
  crm/plan/takeover_group.c \
  crm/plan/takeover_heal.c \
  crm/plan/takeover_legacy.c \
  crm/plan/takeover_v1.c
