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
  cfg/value.c cfg/value.h
libcfg_a_SOURCES += cfg/keepalived_model.h
libcfg_a_SOURCES += cfg/keepalived/address.c
libcfg_a_SOURCES += cfg/keepalived/check.c cfg/keepalived/check_group.c
libcfg_a_SOURCES += cfg/keepalived/check_lvs.c cfg/keepalived/check_script.c
libcfg_a_SOURCES += cfg/keepalived/check_vrrp.c
libcfg_a_SOURCES += cfg/keepalived/expand.c
libcfg_a_SOURCES += cfg/keepalived/include.c
libcfg_a_SOURCES += cfg/keepalived/lexer.c cfg/keepalived/lexer.h
libcfg_a_SOURCES += cfg/keepalived/model.c
libcfg_a_SOURCES += cfg/keepalived/parser.c cfg/keepalived/parser.h
libcfg_a_SOURCES += cfg/keepalived/reader.h
libcfg_a_SOURCES += cfg/keepalived/repeat.c
libcfg_a_SOURCES += cfg/keepalived/route.c
libcfg_a_SOURCES += cfg/keepalived/rows.h
libcfg_a_SOURCES += cfg/keepalived/rows_check.c
libcfg_a_SOURCES += cfg/keepalived/rows_global.c
libcfg_a_SOURCES += cfg/keepalived/rows_lvs.c
libcfg_a_SOURCES += cfg/keepalived/rows_top.c
libcfg_a_SOURCES += cfg/keepalived/rows_track.c
libcfg_a_SOURCES += cfg/keepalived/rows_vrrp.c
libcfg_a_SOURCES += cfg/keepalived/script.c cfg/keepalived/script.h
libcfg_a_SOURCES += cfg/keepalived/source.c
libcfg_a_SOURCES += cfg/keepalived/text.c
libcfg_a_SOURCES += cfg/keepalived/value.c
