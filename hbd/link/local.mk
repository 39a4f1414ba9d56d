EXTRA_DIST += hbd/link/link.h hbd/link/monitor.h
