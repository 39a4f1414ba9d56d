# tests/ra: the agents and ra/lib on real interfaces and servers; needs root to run, none to build
noinst_PROGRAMS += tests/ra/address_tool
tests_ra_address_tool_SOURCES = tests/ra/address_tool.c
tests_ra_address_tool_LDADD = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
EXTRA_DIST += tests/ra/README.md tests/ra/lib.sh tests/ra/address tests/ra/announce \
  tests/ra/ipaddr tests/ra/nginx tests/ra/httpd tests/ra/ocf-tester
