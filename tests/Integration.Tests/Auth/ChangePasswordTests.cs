using System.Net;
using System.Net.Http.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Auth;

public sealed class ChangePasswordTests(Database database) : ServerTest(database)
{
    private const string NewPassword = "a kettle sings at dawn";

    [Test]
    public async Task The_other_device_is_closed_and_its_tokens_are_dead_and_this_one_goes_on()
    {
        var phone = await SignedInAsync();
        var (phoneToken, phoneCookie) = (phone.AccessToken, phone.RefreshCookie);
        var onPhone = await ConnectedAsync(phone);
        await phone.SignInAsync();
        var onLaptop = await ConnectedAsync(phone);

        await ChangeAsync(phone).ShouldBeNoContentAsync();

        await onPhone.Closed;
        onPhone.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("revoked");
        using var stolen = TestUser.Client(Server.Url);
        stolen.DefaultRequestHeaders.Authorization = new("Bearer", phoneToken);
        await stolen.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
        await stolen.PostCookieAsync("/api/v1/auth/refresh", phoneCookie).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
        (await onLaptop.InvokeAsync("SendMessage", "Still here")).Number("sequence").ShouldBeGreaterThan(0);
        await phone.Http.PostCookieAsync("/api/v1/auth/refresh", phone.RefreshCookie).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task Only_the_new_password_is_right_from_then_on()
    {
        var sarah = await SignedInAsync();

        await ChangeAsync(sarah).ShouldBeNoContentAsync();

        await SignInAsync(sarah, TestUser.Password).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        await SignInAsync(sarah, NewPassword).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_wrong_current_password_changes_nothing_and_counts_towards_the_lock_out()
    {
        var sarah = await SignedInAsync();

        for (var i = 0; i < 5; i++)
        {
            await ChangeAsync(sarah, "not the password").ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "auth.wrong_password");
        }

        await ChangeAsync(sarah).ShouldBeRefusedAsync(HttpStatusCode.Forbidden, "auth.wrong_password");
        await SignInAsync(sarah, TestUser.Password).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        await sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [TestCase("Password123")]
    [TestCase("sarah-sarah-1")]
    [TestCase(TestUser.Password)]
    public async Task A_new_password_that_is_none_is_refused_at_its_field(string password) =>
        await ChangeAsync(await SignedInAsync(), newPassword: password).ShouldBeInvalidAsync("newPassword");

    [Test]
    public async Task Whoever_is_not_signed_in_changes_nothing()
    {
        using var http = TestUser.Client(Server.Url);

        await http.PostTextAsync("/api/v1/auth/password", "{}").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
    }

    [Test]
    public async Task Of_two_changes_at_the_same_time_one_wins()
    {
        var sarah = await SignedInAsync();
        string[] wishes = ["plums are purple today", "ladders lean on clouds"];

        var answers = await Task.WhenAll(wishes.Select(wish => ChangeAsync(sarah, newPassword: wish)));

        answers.Select(answer => answer.StatusCode).ShouldBe([HttpStatusCode.NoContent, HttpStatusCode.Forbidden], ignoreOrder: true);
        var won = answers[0].IsSuccessStatusCode ? 0 : 1;
        await SignInAsync(sarah, wishes[won]).ShouldBeAsync(HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> ChangeAsync(TestUser user, string current = TestUser.Password, string newPassword = NewPassword) =>
        user.Http.PostAsJsonAsync("/api/v1/auth/password", new { currentPassword = current, newPassword });

    private static Task<HttpResponseMessage> SignInAsync(TestUser user, string password) =>
        user.Http.PostAsJsonAsync("/api/v1/auth/login", new { email = user.Email, password });
}
