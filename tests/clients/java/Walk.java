import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.api.CustomersApi;
import org.openapitools.client.api.DealerCustomersApi;
import org.openapitools.client.model.*;

/**
 * A walk with the clients that openapi-generator makes for Java, the same for each of its libraries: {@code Walk URL TOKEN}. What the libraries do
 * in ways of their own stands in a class {@code Client} for each.
 */
public class Walk {
    private static DealerCustomersApi dealers;
    private static CustomersApi customers;

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0];
        dealers = new DealerCustomersApi(Client.of(url, arguments[1]));
        customers = new CustomersApi(Client.of(url, arguments[1]));
        associate();
        page();
        add();
        refusedMessages();

        // 401, which the gateway answers.
        CustomersApi stranger = new CustomersApi(Client.of(url, "nobody"));
        Refusal refusal = refused(401, Refusal.class, () -> stranger.getCustomer("1", null, null, null, null));
        must(refusal.getMessage().equals("Unauthorized"), "the gateway says so", refusal);
    }

    /** A customer comes of an association, and is read; the same DCN again, and a request with faults, are 400. */
    private static void associate() throws Exception {
        Association association = dealers.associateCustomer(request("A-1", "Quarry"), null, null, null);
        must(association.getDcn().equals(Client.DEALER + "|A-1"), "associated", association);
        must(association.getCustomerOrganization() == Association.CustomerOrganizationEnum.CREATED, "created", association);
        ApiResponse<CustomerOrganization> found =
            dealers.getCustomerOrganizationWithHttpInfo(association.getCustomerOrganizationIdentifier(), null, null, null);
        must(found.getData().getCustomerNumber().equals(association.getCustomerNumber()), "read", found.getData());
        must(header(found, "ETag").equals("\"" + found.getData().getVersion() + "\""), "its version", found.getHeaders());

        Problem taken = refused(400, Problem.class, () -> dealers.associateCustomer(request("A-1", "Quarry"), null, null, null));
        must(taken.getActualInstance() instanceof DcnAlreadyAssociated, "taken", taken);
        must(((DcnAlreadyAssociated) taken.getActualInstance()).getSameOrganization(), "by itself", taken);
        AssociateRequest empty = new AssociateRequest().dealerCode(Client.DEALER).dealerCustomerNumber("A-2");
        Problem faulty = refused(400, Problem.class, () -> dealers.associateCustomer(empty, null, null, null));
        List<Fault> faults = ((InvalidRequest) faulty.getActualInstance()).getErrors();
        must(faults.stream().anyMatch(fault -> fault.getPointer().equals("/businessName")), "faulty", faults);
    }

    /** A page, and the one after it. */
    private static void page() throws Exception {
        dealers.associateCustomer(request("B-1", "Mill"), null, null, null);
        DealerCustomers first = dealers.listDealerCustomers(Client.DEALER, 1, null, null);
        must(first.getDealerCustomers().get(0).getDealerCustomerNumber().equals("A-1"), "the first page", first);
        DealerCustomers second = dealers.listDealerCustomers(Client.DEALER, 1, first.getNext(), null);
        must(second.getDealerCustomers().get(0).getDealerCustomerNumber().equals("B-1"), "the second page", second);
    }

    /** Add with an answer, and a duplicate of it: 409. Add without an answer. */
    private static void add() throws Exception {
        CustomerIn asked = message("Javason");
        asked.getCustSoldTo().cstDuplicate(CustSoldTo.CstDuplicateEnum.Y);
        CustomerOut added = customers.addCustomer(asked, null, Client.DEALER + "-1", null);
        must(added.getCustSoldTo().getCstActionResult() == CustomerOutCustSoldTo.CstActionResultEnum.SUCCESS, "added", added);
        CustomerOut duplicate = refused(409, CustomerOut.class, () -> customers.addCustomer(asked, null, null, null));
        must(duplicate.getCustSoldTo().getCstCustNbr().equals(added.getCustSoldTo().getCstCustNbr()), "a duplicate", duplicate);

        CustomerIn unasked = message("Silent");
        unasked.getCustSoldTo().cstSendResponse("N");
        ApiResponse<CustomerOut> silent = customers.addCustomerWithHttpInfo(unasked, null, null, null);
        must(silent.getStatusCode() == 201 && silent.getData() == null, "added in silence", silent.getData());
        String number = header(silent, "Customer-Number");
        must(header(silent, "Location").equals("/customers/" + number), "its number", silent.getHeaders());
        must(customers.getCustomer(number, null, null, null, null).getCustSoldTo().getCstLname().equals("Silent"), "read", number);
    }

    /** 422: failed edits, in the form of an answer; and a key of another request, in the form of a problem. */
    private static void refusedMessages() throws Exception {
        CustomerIn broken = message("Failed");
        broken.getCustSoldTo().cstCity("");
        MessageRefusal refusal = refused(422, MessageRefusal.class, () -> customers.addCustomer(broken, null, null, null));
        CustomerOut failed = (CustomerOut) refusal.getActualInstance();
        must(failed.getCustSoldTo().getError().get(0).getCode() == EditCode.CITY_BLANK, "its edits", failed);
        must(failed.getRequestInError() != null, "failed", failed);
        MessageRefusal reused =
            refused(422, MessageRefusal.class, () -> customers.addCustomer(message("Other"), null, Client.DEALER + "-1", null));
        PlainProblem problem = (PlainProblem) reused.getActualInstance();
        must(problem.getType() == PlainProblemType.IDEMPOTENCY_KEY_REUSED, "reused", problem);
    }

    private static AssociateRequest request(String number, String name) {
        AddressRequest address = new AddressRequest().line1("1 " + Client.DEALER + " Road").city("Westborough").state("MA").postalCode("01581").country("USA");
        List<PhoneEntry> phones = List.of(new PhoneEntry("508-555-0100"), new PhoneEntry(new PhoneRequest().type("DAY").number("508-555-0101")));
        return new AssociateRequest().dealerCode(Client.DEALER).dealerCustomerNumber(number).businessName(Client.DEALER + " " + name)
            .address(address).phones(phones);
    }

    private static CustomerIn message(String lastName) {
        CustSoldTo customer = new CustSoldTo().cstFname(Client.DEALER).cstLname(lastName).cstStreetAddr("2 " + Client.DEALER + " Road").cstCity("Westborough")
            .cstState("MA").cstZip("01581").cstCountry("USA").cstEmailStatus("O1").cstSendResponse("Y");
        return new CustomerIn().type(CustomerIn.TypeEnum.CW_CUSTOMER_IN).custSoldTo(customer);
    }

    private interface Call {
        void send() throws ApiException;
    }

    /** The body of a refusal with this status, read as this type. */
    private static <T> T refused(int status, Class<T> type, Call call) throws Exception {
        try {
            call.send();
        } catch (ApiException refusal) {
            must(refusal.getCode() == status, "refused with " + status, refusal);
            return Client.read(refusal.getResponseBody(), type);
        }
        throw new AssertionError("not refused with " + status);
    }

    private static String header(ApiResponse<?> response, String name) {
        for (Map.Entry<String, List<String>> header : response.getHeaders().entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) return header.getValue().get(0);
        }
        throw new AssertionError("no " + name + " among " + response.getHeaders());
    }

    private static void must(boolean holds, String what, Object found) {
        if (!holds) throw new AssertionError(what + ": " + found);
    }
}
