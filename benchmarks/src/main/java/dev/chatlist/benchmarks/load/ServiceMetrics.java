package dev.chatlist.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** What a service has counted, read from its management port. */
public final class ServiceMetrics {
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI uri;

    public ServiceMetrics(int managementPort) {
        uri = URI.create("http://127.0.0.1:%d/metrics".formatted(managementPort));
    }

    /**
     * The sum over all tags.
     *
     * @param name of a counter, with its suffix
     */
    public double sum(String name) throws IOException, InterruptedException {
        String text = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
        double[] values = text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toArray();
        if (values.length == 0) {
            throw new IOException("the service has no metric " + name);
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
