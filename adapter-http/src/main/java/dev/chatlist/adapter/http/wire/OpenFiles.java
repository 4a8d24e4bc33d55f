package dev.chatlist.adapter.http.wire;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process's limit of open files. Each connection is one, and without a file the process can do nothing else. */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    /** For connections to the database, classes that are loaded later, and files of the embedded server. */
    private static final int MIN_RESERVE = 64;

    /** So few connections are always allowed, because without them there is no service. */
    private static final int MIN_CONNECTIONS = 16;

    private OpenFiles() {}

    /** How many connections may be open at once: the wanted number, or fewer if the process can't have so many files. */
    static int connections(int wanted) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return wanted;
        }
        long limit = system.getMaxFileDescriptorCount();
        int possible = connections(wanted, limit, system.getOpenFileDescriptorCount());
        if (possible < wanted) {
            LOG.warn(
                    "at most {} connections are served, not {}: this process may open {} files",
                    possible,
                    wanted,
                    limit);
        }
        return possible;
    }

    /** @param open the number of files that are open already */
    static int connections(int wanted, long limit, long open) {
        long spare = limit - open - Math.max(MIN_RESERVE, limit / 4);
        return (int) Math.min(wanted, Math.max(MIN_CONNECTIONS, spare));
    }
}
