import org.openapitools.client.ApiClient;
import org.openapitools.client.JSON;

/** What the library {@code okhttp-gson} has of its own: a base path, the token as the contract names it, and Gson reads its types. */
final class Client {
    static final String DEALER = "OKHTTP";

    static ApiClient of(String url, String token) {
        ApiClient client = new ApiClient();
        client.setBasePath(url);
        client.setBearerToken(token);
        return client;
    }

    static <T> T read(String body, Class<T> type) {
        return JSON.deserialize(body, type);
    }
}
