# ra: agents and the library they share with the manager; see ra/README.md
noinst_LIBRARIES += libralib.a
libralib_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
libralib_a_SOURCES = \
  ra/lib/address.c ra/lib/address.h \
  ra/lib/addrwatch.c ra/lib/addrwatch.h \
  ra/lib/announce.c ra/lib/announce.h \
  ra/lib/announce_packet.c ra/lib/announce_packet.h \
  ra/lib/host.c ra/lib/host.h \
  ra/lib/netlink.c ra/lib/netlink.h \
  ra/lib/netlink_parse.c ra/lib/netlink_parse.h \
  ra/lib/referral.c ra/lib/referral.h
libralib_a_SOURCES += \
  ra/lib/http.c ra/lib/http.h \
  ra/lib/ocf.c ra/lib/ocf.h ra/lib/ocf_text.c \
  ra/lib/process.c ra/lib/process.h

# One program under the names that the stock agents have.
ocfhbd_PROGRAMS += ra/IPaddr ra/IPaddr2 ra/IPv6addr
ra_IPaddr_SOURCES = ra/ipaddr.c
ra_IPaddr_LDADD = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
ra_IPaddr2_SOURCES = $(ra_IPaddr_SOURCES)
ra_IPaddr2_LDADD = $(ra_IPaddr_LDADD)
ra_IPv6addr_SOURCES = $(ra_IPaddr_SOURCES)
ra_IPv6addr_LDADD = $(ra_IPaddr_LDADD)

ocfhbd_PROGRAMS += ra/nginx
ra_nginx_SOURCES = \
  ra/nginx.c ra/nginx_conf.c ra/nginx_conf.h \
  ra/conf_files.c ra/conf_files.h ra/web.c ra/web.h
ra_nginx_LDADD = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)

ocfhbd_PROGRAMS += ra/httpd ra/apache
ra_httpd_SOURCES = \
  ra/httpd.c ra/httpd_conf.c ra/httpd_conf.h \
  ra/conf_files.c ra/conf_files.h ra/web.c ra/web.h
ra_httpd_LDADD = libralib.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
ra_apache_SOURCES = $(ra_httpd_SOURCES)
ra_apache_LDADD = $(ra_httpd_LDADD)

# Manual pages are made from the agents' own tables.
ra_man_pages = ra/hbd_agent_IPaddr.7 ra/hbd_agent_nginx.7 ra/hbd_agent_httpd.7
man_MANS = $(ra_man_pages)
CLEANFILES += $(ra_man_pages)
ra/hbd_agent_IPaddr.7: ra/IPaddr
	$(AM_V_GEN)ra/IPaddr man-page >$@.tmp && mv $@.tmp $@
ra/hbd_agent_nginx.7: ra/nginx
	$(AM_V_GEN)ra/nginx man-page >$@.tmp && mv $@.tmp $@
ra/hbd_agent_httpd.7: ra/httpd
	$(AM_V_GEN)ra/httpd man-page >$@.tmp && mv $@.tmp $@
