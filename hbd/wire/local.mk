noinst_LIBRARIES += libhbdwire.a
libhbdwire_a_SOURCES = \
  hbd/wire/classic.c \
  hbd/wire/codec.c hbd/wire/codec.h \
  hbd/wire/framing.h \
  hbd/wire/keys.c hbd/wire/keys.h \
  hbd/wire/message.c hbd/wire/message.h \
  hbd/wire/netstring.c \
  hbd/wire/vrrp.c hbd/wire/vrrp.h \
  hbd/wire/vrrp_auth.c hbd/wire/vrrp_auth.h \
  hbd/wire/vrrp_codec.c hbd/wire/vrrp_codec.h
EXTRA_DIST += hbd/wire/README.md
