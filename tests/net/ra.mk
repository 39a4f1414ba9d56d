check_PROGRAMS += tests/net/ra/address_tool
tests_net_ra_address_tool_SOURCES = tests/net/ra/address_tool.c
tests_net_ra_address_tool_LDADD = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
