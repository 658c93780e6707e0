// A walk with the client that openapi-generator makes for Go: `walk URL TOKEN`.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"example.com/walk/master"
)

var client *master.APIClient
var caller context.Context

func main() {
	if len(os.Args) != 3 {
		panic("walk URL TOKEN")
	}
	configuration := master.NewConfiguration()
	configuration.Servers = master.ServerConfigurations{{URL: os.Args[1]}}
	client = master.NewAPIClient(configuration)
	caller = context.WithValue(context.Background(), master.ContextAccessToken, os.Args[2])
	associate()
	page()
	add()
	refusedMessages()

	// 401, which the gateway answers.
	stranger := context.WithValue(context.Background(), master.ContextAccessToken, "nobody")
	_, _, err := client.CustomersAPI.GetCustomer(stranger, "1").Execute()
	said := refusal[master.Refusal](err)
	must(said.GetMessage() == "Unauthorized", "the gateway says so", err)
}

// What every client does first: a customer comes of an association, and is read; the same DCN again, and a request with faults, are 400.
func associate() {
	association, _, err := client.DealerCustomersAPI.AssociateCustomer(caller).AssociateRequest(request("A-1", "Go Quarry")).Execute()
	must(err == nil, "associated", err)
	must(association.Dcn == "GO1|A-1" && association.CustomerOrganization == "created", "created", association)
	found, response, err := client.DealerCustomersAPI.GetCustomerOrganization(caller, association.GetCustomerOrganizationIdentifier()).Execute()
	must(err == nil && found.CustomerNumber == association.GetCustomerNumber(), "read", err)
	must(response.Header.Get("ETag") == fmt.Sprintf("\"%d\"", found.Version), "its version", response.Header)

	_, response, err = client.DealerCustomersAPI.AssociateCustomer(caller).AssociateRequest(request("A-1", "Go Quarry")).Execute()
	taken := refusal[master.Problem](err).DcnAlreadyAssociated
	must(response.StatusCode == 400 && taken != nil && taken.SameOrganization, "taken", err)
	_, _, err = client.DealerCustomersAPI.AssociateCustomer(caller).AssociateRequest(*master.NewAssociateRequest("GO1", "A-2")).Execute()
	faulty := refusal[master.Problem](err).InvalidRequest
	must(faulty != nil && faulty.Errors[0].Code != "" && faulty.Type == master.INVALID_REQUEST, "faulty", err)
}

// A page, and the one after it.
func page() {
	_, _, err := client.DealerCustomersAPI.AssociateCustomer(caller).AssociateRequest(request("B-1", "Go Mill")).Execute()
	must(err == nil, "a second one", err)
	first, _, err := client.DealerCustomersAPI.ListDealerCustomers(caller, "GO1").Limit(1).Execute()
	must(err == nil && len(first.DealerCustomers) == 1 && first.DealerCustomers[0].DealerCustomerNumber == "A-1", "the first page", err)
	second, _, err := client.DealerCustomersAPI.ListDealerCustomers(caller, "GO1").Limit(1).Cursor(first.GetNext()).Execute()
	must(err == nil && len(second.DealerCustomers) == 1 && second.DealerCustomers[0].DealerCustomerNumber == "B-1", "the second page", err)
}

// Add with an answer, and a duplicate of it: 409. Add without an answer.
func add() {
	asked := message("Goson")
	asked.CustSoldTo.SetCstDuplicate("Y")
	added, _, err := client.CustomersAPI.AddCustomer(caller).CustomerIn(asked).IdempotencyKey("go-1").Execute()
	must(err == nil && added.CustSoldTo.CstActionResult == "Success", "added", err)
	_, response, err := client.CustomersAPI.AddCustomer(caller).CustomerIn(asked).Execute()
	duplicate := refusal[master.CustomerOut](err)
	must(response.StatusCode == 409 && duplicate.CustSoldTo.GetCstCustNbr() == added.CustSoldTo.GetCstCustNbr(), "a duplicate", err)

	unasked := message("Silent")
	unasked.CustSoldTo.SetCstSendResponse("N")
	_, response, err = client.CustomersAPI.AddCustomer(caller).CustomerIn(unasked).Execute()
	must(err == nil && response.StatusCode == http.StatusCreated, "added in silence", err)
	number := response.Header.Get("Customer-Number")
	must(response.Header.Get("Location") == "/customers/"+number, "its number", response.Header)
	kept, _, err := client.CustomersAPI.GetCustomer(caller, number).Execute()
	must(err == nil && kept.CustSoldTo.GetCstLname() == "Silent", "read", err)
}

// 422: failed edits, in the form of an answer; and a key of another request, in the form of a problem.
func refusedMessages() {
	broken := message("Failed")
	broken.CustSoldTo.SetCstCity("")
	_, response, err := client.CustomersAPI.AddCustomer(caller).CustomerIn(broken).Execute()
	failed := refusal[master.MessageRefusal](err).CustomerOut
	must(response.StatusCode == 422 && failed != nil, "failed", err)
	must(failed.CustSoldTo.Error[0].Code == master.CITY_BLANK && failed.HasRequestInError(), "its edits", failed)
	_, _, err = client.CustomersAPI.AddCustomer(caller).CustomerIn(message("Other")).IdempotencyKey("go-1").Execute()
	reused := refusal[master.MessageRefusal](err).PlainProblem
	must(reused != nil && reused.Type == master.IDEMPOTENCY_KEY_REUSED, "reused", err)
}

func request(number, name string) master.AssociateRequest {
	asked := master.NewAssociateRequest("GO1", number)
	asked.SetBusinessName(name)
	address := master.NewAddressRequest()
	address.SetLine1("1 Gopher Road")
	address.SetCity("Westborough")
	address.SetState("MA")
	address.SetPostalCode("01581")
	address.SetCountry("USA")
	asked.SetAddress(*address)
	typed := master.NewPhoneRequest("508-555-0101")
	typed.SetType("DAY")
	plain := "508-555-0100"
	asked.SetPhones([]master.PhoneEntry{master.StringAsPhoneEntry(&plain), master.PhoneRequestAsPhoneEntry(typed)})
	return *asked
}

func message(lastName string) master.CustomerIn {
	customer := master.NewCustSoldTo()
	customer.SetCstFname("Gordon")
	customer.SetCstLname(lastName)
	customer.SetCstStreetAddr("2 Gopher Road")
	customer.SetCstCity("Westborough")
	customer.SetCstState("MA")
	customer.SetCstZip("01581")
	customer.SetCstCountry("USA")
	customer.SetCstEmailStatus("O1")
	customer.SetCstSendResponse("Y")
	return *master.NewCustomerIn("CWCustomerIn", *customer)
}

// The body of a refusal, which the client has read as this type.
func refusal[T any](err error) T {
	var refused *master.GenericOpenAPIError
	must(errors.As(err, &refused), "refused", err)
	body, is := refused.Model().(T)
	must(is, "refused as the contract says", fmt.Sprintf("%T %s", refused.Model(), refused.Body()))
	return body
}

func must(holds bool, what string, found any) {
	if !holds {
		panic(fmt.Sprintf("%s: %v", what, found))
	}
}
