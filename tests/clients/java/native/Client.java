import org.openapitools.client.ApiClient;
import org.openapitools.client.JSON;

/** What the library {@code native} has of its own: it knows nothing of tokens, and Jackson reads its types. */
final class Client {
    static final String DEALER = "NATIVE";

    static ApiClient of(String url, String token) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(url);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        return client;
    }

    static <T> T read(String body, Class<T> type) throws Exception {
        return JSON.getDefault().getMapper().readValue(body, type);
    }
}
