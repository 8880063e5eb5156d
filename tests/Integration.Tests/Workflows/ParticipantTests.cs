using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Workflows;

public sealed class ParticipantTests(Database database) : ServerTest(database)
{
    private TestUser _sarah = null!;
    private TestUser _marco = null!;
    private TestUser _lena = null!;
    private Guid _workflow;

    [OneTimeSetUp]
    public async Task SignUpAsync() =>
        (_sarah, _marco, _lena) = (await SharedUserAsync(), await SharedUserAsync("Marco"), await SharedUserAsync("Lena"));

    /// <summary>Each test has a workflow of its own, which Sarah owns.</summary>
    [SetUp]
    public async Task CreateWorkflowAsync() => _workflow = await WorkflowOfAsync(_sarah);

    [TestCase("owner")]
    [TestCase("contributor")]
    [TestCase("observer")]
    public async Task Somebody_is_brought_in_with_201_and_their_role(string role)
    {
        var added = await AddAsync(_sarah, _marco.Email, role).ShouldBeAsync(HttpStatusCode.Created);

        added.ShouldHaveFields("userId", "name", "role", "joinedAt");
        added.UuidV7("userId").ShouldBe(_marco.Id);
        added.Text("name").ShouldBe("Marco");
        added.Text("role").ShouldBe(role);
        added.UtcTime("joinedAt").ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task The_location_of_a_new_participant_is_where_it_can_be_removed()
    {
        using var response = await AddAsync(_sarah, _marco.Email);

        var location = response.Headers.Location!.OriginalString;

        location.ShouldBe($"/api/v1/workflows/{_workflow}/participants/{_marco.Id}");
        await _sarah.Http.DeleteAsync(location).ShouldBeNoContentAsync();
    }

    [TestCase("%0A")]
    [TestCase("%20")]
    public async Task A_workflow_id_between_blanks_breaks_nothing(string blank)
    {
        using var response = await _sarah.Http.PostAsJsonAsync(
            $"/api/v1/workflows/{blank}{_workflow}/participants",
            new { email = _marco.Email, role = "observer" }
        );

        response.StatusCode.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.NotFound);
    }

    [Test]
    public async Task The_address_counts_in_whatever_case()
    {
        var added = await AddAsync(_sarah, _marco.Email.ToUpperInvariant()).ShouldBeAsync(HttpStatusCode.Created);

        added.UuidV7("userId").ShouldBe(_marco.Id);
    }

    [Test]
    public async Task Who_is_brought_in_sees_the_workflow()
    {
        await _marco.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeRefusedAsync(HttpStatusCode.NotFound, "workflow.not_found");

        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);

        await _marco.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_second_owner_may_do_what_an_owner_may()
    {
        await AddAsync(_sarah, _marco.Email, "owner").ShouldBeAsync(HttpStatusCode.Created);

        await AddAsync(_marco, _lena.Email).ShouldBeAsync(HttpStatusCode.Created);
    }

    [TestCase("contributor")]
    [TestCase("observer")]
    public async Task Who_is_no_owner_brings_nobody_in(string role)
    {
        await AddAsync(_sarah, _marco.Email, role).ShouldBeAsync(HttpStatusCode.Created);

        await AddAsync(_marco, _lena.Email).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "workflow.forbidden");
    }

    [Test]
    public async Task Who_is_no_owner_does_not_learn_who_has_an_account()
    {
        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);

        await AddAsync(_marco, TestUser.NewEmail()).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "workflow.forbidden");
    }

    [Test]
    public async Task An_address_without_an_account_is_refused_with_404() =>
        await AddAsync(_sarah, TestUser.NewEmail()).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "user.not_found");

    [Test]
    public async Task Who_is_in_already_is_refused_with_409()
    {
        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);

        await AddAsync(_sarah, _marco.Email, "owner").ShouldBeRefusedAsync(HttpStatusCode.Conflict, "participant.exists");
        await AddAsync(_sarah, _sarah.Email).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "participant.exists");
    }

    [Test]
    public async Task Of_simultaneous_additions_of_one_user_exactly_one_succeeds()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AddAsync(_sarah, _marco.Email)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
    }

    [TestCase("""{"role":"observer"}""", "email")]
    [TestCase("""{"email":" ","role":"observer"}""", "email")]
    [TestCase("""{"email":7,"role":"observer"}""", "email")]
    [TestCase("""{"email":"a\u0000b@example.com","role":"observer"}""", "email")]
    [TestCase("""{"email":"marco@example.com"}""", "role")]
    [TestCase("""{"email":"marco@example.com","role":"Observer"}""", "role")]
    [TestCase("""{"email":"marco@example.com","role":"admin"}""", "role")]
    [TestCase("""{"email":"marco@example.com","role":0}""", "role")]
    public async Task A_field_that_is_wrong_is_refused_with_400(string json, string field) =>
        await _sarah.Http.PostTextAsync($"/api/v1/workflows/{_workflow}/participants", json).ShouldBeInvalidAsync(field);

    [Test]
    public async Task An_owner_removes_somebody_who_then_sees_nothing_of_it_any_more()
    {
        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);

        await RemoveAsync(_sarah, _marco).ShouldBeNoContentAsync();

        await _marco.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeRefusedAsync(HttpStatusCode.NotFound, "workflow.not_found");
        (await ParticipantsAsync()).ShouldBe(["Sarah"]);
    }

    [Test]
    public async Task Who_was_removed_can_be_brought_in_again_with_another_role()
    {
        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);
        await RemoveAsync(_sarah, _marco).ShouldBeNoContentAsync();

        var added = await AddAsync(_sarah, _marco.Email, "observer").ShouldBeAsync(HttpStatusCode.Created);

        added.Text("role").ShouldBe("observer");
    }

    [TestCase("contributor")]
    [TestCase("observer")]
    public async Task Everybody_may_leave(string role)
    {
        await AddAsync(_sarah, _marco.Email, role).ShouldBeAsync(HttpStatusCode.Created);

        await RemoveAsync(_marco, _marco).ShouldBeNoContentAsync();

        (await ParticipantsAsync()).ShouldBe(["Sarah"]);
    }

    [Test]
    public async Task Who_is_no_owner_removes_nobody_else()
    {
        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);
        await AddAsync(_sarah, _lena.Email).ShouldBeAsync(HttpStatusCode.Created);

        await RemoveAsync(_marco, _lena).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "workflow.forbidden");
    }

    [Test]
    public async Task The_last_owner_cannot_leave()
    {
        await AddAsync(_sarah, _marco.Email).ShouldBeAsync(HttpStatusCode.Created);

        await RemoveAsync(_sarah, _sarah).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.last_owner");
    }

    [Test]
    public async Task An_owner_may_leave_when_there_is_another()
    {
        await AddAsync(_sarah, _marco.Email, "owner").ShouldBeAsync(HttpStatusCode.Created);

        await RemoveAsync(_sarah, _sarah).ShouldBeNoContentAsync();

        await RemoveAsync(_marco, _marco).ShouldBeRefusedAsync(HttpStatusCode.Conflict, "workflow.last_owner");
    }

    [Test]
    public async Task Of_two_owners_who_leave_at_once_one_stays()
    {
        await AddAsync(_sarah, _marco.Email, "owner").ShouldBeAsync(HttpStatusCode.Created);

        var answers = await Task.WhenAll(RemoveAsync(_sarah, _sarah), RemoveAsync(_marco, _marco));

        answers
            .Select(answer => answer.StatusCode)
            .ShouldBe([HttpStatusCode.NoContent, HttpStatusCode.Conflict], ignoreOrder: true);
    }

    [Test]
    public async Task Who_is_not_in_cannot_be_removed()
    {
        await RemoveAsync(_sarah, _marco).ShouldBeRefusedAsync(HttpStatusCode.NotFound, "participant.not_found");
        await _sarah
            .Http.DeleteAsync($"/api/v1/workflows/{_workflow}/participants/marco")
            .ShouldBeRefusedAsync(HttpStatusCode.NotFound, "participant.not_found");
    }

    private async Task<string[]> ParticipantsAsync()
    {
        var workflow = await _sarah.Http.GetAsync($"/api/v1/workflows/{_workflow}").ShouldBeAsync(HttpStatusCode.OK);
        return [.. workflow.Items("participants").Select(participant => participant.Text("name"))];
    }

    private Task<HttpResponseMessage> AddAsync(TestUser adder, string email, string role = "contributor") =>
        adder.Http.PostAsJsonAsync($"/api/v1/workflows/{_workflow}/participants", new { email, role });

    private Task<HttpResponseMessage> RemoveAsync(TestUser remover, TestUser leaver) =>
        remover.Http.DeleteAsync($"/api/v1/workflows/{_workflow}/participants/{leaver.Id}");
}
