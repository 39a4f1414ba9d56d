# tests of ra/lib and of the pure parts of the agents
ra_unit_tests = \
  tests/unit/test_ra_address \
  tests/unit/test_ra_announce \
  tests/unit/test_ra_http \
  tests/unit/test_ra_httpd_conf \
  tests/unit/test_ra_nginx_conf \
  tests/unit/test_ra_ocf \
  tests/unit/test_ra_process
check_PROGRAMS += $(ra_unit_tests)
TESTS += $(ra_unit_tests)
ra_unit_libs = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
tests_unit_test_ra_address_SOURCES = tests/unit/test_ra_address.c
tests_unit_test_ra_address_LDADD = $(ra_unit_libs)
tests_unit_test_ra_announce_SOURCES = tests/unit/test_ra_announce.c
tests_unit_test_ra_announce_LDADD = $(ra_unit_libs)
tests_unit_test_ra_http_SOURCES = tests/unit/test_ra_http.c
tests_unit_test_ra_http_LDADD = $(ra_unit_libs)
tests_unit_test_ra_httpd_conf_SOURCES = tests/unit/test_ra_httpd_conf.c \
  ra/httpd_conf.c ra/conf_files.c
tests_unit_test_ra_httpd_conf_LDADD = $(ra_unit_libs)
tests_unit_test_ra_nginx_conf_SOURCES = tests/unit/test_ra_nginx_conf.c \
  ra/nginx_conf.c ra/conf_files.c
tests_unit_test_ra_nginx_conf_LDADD = $(ra_unit_libs)
tests_unit_test_ra_ocf_SOURCES = tests/unit/test_ra_ocf.c
tests_unit_test_ra_ocf_LDADD = $(ra_unit_libs)
tests_unit_test_ra_process_SOURCES = tests/unit/test_ra_process.c
tests_unit_test_ra_process_LDADD = $(ra_unit_libs)
