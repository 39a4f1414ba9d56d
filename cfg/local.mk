noinst_LIBRARIES += libcfg.a
EXTRA_DIST += cfg/README.md cfg/keepalived/README.md
dist_man_MANS += cfg/authkeys.5 cfg/ha.cf.5 cfg/haresources.5 cfg/hbd.conf.5
libcfg_a_SOURCES = \
  cfg/authkeys.c \
  cfg/build.h \
  cfg/cfg.c cfg/cfg.h \
  cfg/check.c cfg/check_host.c \
  cfg/diag.c cfg/diag.h \
  cfg/ha_cf.c cfg/ha_cf.h cfg/ha_cf_media.c cfg/ha_cf_other.c cfg/ha_cf_rows.c \
  cfg/haresources.c cfg/haresources.h cfg/haresources_address.c \
  cfg/hbd_conf.c cfg/hbd_conf.h cfg/hbd_conf_lexer.c cfg/hbd_conf_rows.c \
  cfg/keyword.c cfg/keyword.h \
  cfg/model.c cfg/model.h \
  cfg/print.c \
  cfg/text.c cfg/text.h \
  cfg/value.c cfg/value.h \
  cfg/keepalived/expand.c cfg/keepalived/include.c cfg/keepalived/lexer.c \
  cfg/keepalived/lexer.h cfg/keepalived/reader.h cfg/keepalived/repeat.c \
  cfg/keepalived/script.c cfg/keepalived/script.h cfg/keepalived/source.c \
  cfg/keepalived/text.c
