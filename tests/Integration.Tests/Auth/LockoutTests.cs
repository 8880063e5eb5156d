using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using BmadServer.Application.Auth;
using BmadServer.Domain.Audit;
using BmadServer.Integration.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Auth;

/// <summary>Guessing from many addresses, and the owner meanwhile. The server believes the proxy that says where a request came from.</summary>
public sealed class LockoutTests(Database database) : ServerTest(database)
{
    private const string Home = "198.51.100.7";
    private const string Elsewhere = "198.51.100.99";

    private readonly TestClock _time = new();

    private HttpClient _http = null!;

    protected override TimeProvider Time => _time;

    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["ForwardedHeaders_Enabled"] = "true" };

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1);

    [OneTimeSetUp]
    public void OpenClient() => _http = TestUser.Client(Server.Url);

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [Test]
    public async Task An_attacker_at_full_speed_from_many_addresses_does_not_lock_the_owner_out()
    {
        var sarah = await SignedInAsync();
        await ShouldPassAsync(sarah, Home);

        for (var wave = 0; wave < 4; wave++)
        {
            await Task.WhenAll(Enumerable.Range(0, 25).Select(i => GuessAsync(sarah, AttackerAddress(wave * 25 + i))));

            await ShouldPassAsync(sarah, Home);
        }
    }

    [Test]
    public async Task Guesses_from_many_addresses_lock_the_account_for_all_unknown_ones_and_for_a_while()
    {
        var sarah = await SignedInAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => GuessAsync(sarah, AttackerAddress(i))));

        await ShouldBeRefusedAsync(sarah, Elsewhere);

        _time.Advance(TimeSpan.FromMinutes(15.1));
        await ShouldPassAsync(sarah, Elsewhere);
    }

    [Test]
    public async Task A_sign_in_from_a_known_place_does_not_forget_the_guesses_of_strangers()
    {
        var sarah = await SignedInAsync();
        await ShouldPassAsync(sarah, Home);
        await Task.WhenAll(Enumerable.Range(0, 19).Select(i => GuessAsync(sarah, AttackerAddress(i))));
        await ShouldPassAsync(sarah, Home);

        await GuessAsync(sarah, AttackerAddress(19));

        await ShouldBeRefusedAsync(sarah, Elsewhere);
    }

    [Test]
    public async Task A_sign_in_from_a_new_place_forgets_the_guesses_of_strangers()
    {
        var sarah = await SignedInAsync();
        await Task.WhenAll(Enumerable.Range(0, 19).Select(i => GuessAsync(sarah, AttackerAddress(i))));
        await ShouldPassAsync(sarah, Home);

        await GuessAsync(sarah, AttackerAddress(19));

        await ShouldPassAsync(sarah, Elsewhere);
    }

    [Test]
    public async Task A_right_password_at_a_locked_place_does_not_forget_the_guesses_of_strangers()
    {
        var sarah = await SignedInAsync();
        for (var i = 0; i < 5; i++)
        {
            await GuessAsync(sarah, AttackerAddress(0));
        }

        await ShouldBeRefusedAsync(sarah, AttackerAddress(0));
        await Task.WhenAll(Enumerable.Range(1, 15).Select(i => GuessAsync(sarah, AttackerAddress(i))));

        await ShouldBeRefusedAsync(sarah, Elsewhere);
    }

    [Test]
    public async Task Guesses_at_a_known_place_are_forgotten_a_day_after_the_last_one()
    {
        var sarah = await SignedInAsync();
        await ShouldPassAsync(sarah, Home);
        for (var i = 0; i < 4; i++)
        {
            await GuessAsync(sarah, Home);
        }

        _time.Advance(TimeSpan.FromDays(1.1));
        await GuessAsync(sarah, Home);

        await ShouldPassAsync(sarah, Home);
    }

    [Test]
    public async Task Guesses_at_no_account_are_entered_in_the_audit_log_60_times_a_minute_and_the_rest_is_counted_in_the_server_log()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var before = await StrangersAsync();

        var stranger = TestUser.NewEmail();
        await Task.WhenAll(Enumerable.Range(0, 67).Select(i => GuessAsync(stranger, AttackerAddress(i))));

        (await StrangersAsync() - before).ShouldBe(60);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.ShouldBeTrueAsync(
            () => Task.FromResult(Server.Log.Complaints(1000).Any(line => line.Contains("Left 7 refused sign-ins"))),
            "the log counts them"
        );
        Server.Log.Lines.ShouldNotContain(line => line.Contains("refused sign-ins") && line.Contains(stranger));
        await GuessAsync(stranger, Elsewhere);
        (await StrangersAsync() - before).ShouldBe(61);
    }

    [Test]
    public async Task Guesses_while_an_account_is_locked_do_not_prolong_the_lock()
    {
        var sarah = await SignedInAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => GuessAsync(sarah, AttackerAddress(i))));
        _time.Advance(TimeSpan.FromMinutes(10));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => GuessAsync(sarah, AttackerAddress(i))));

        _time.Advance(TimeSpan.FromMinutes(5.1));

        await ShouldPassAsync(sarah, Elsewhere);
    }

    [Test]
    public async Task Five_guesses_from_one_address_lock_it_for_five_minutes_and_no_other()
    {
        var sarah = await SignedInAsync();
        await ShouldPassAsync(sarah, Home);
        for (var i = 0; i < 5; i++)
        {
            await GuessAsync(sarah, Home);
        }

        await ShouldBeRefusedAsync(sarah, Home);
        await ShouldPassAsync(sarah, Elsewhere);

        _time.Advance(TimeSpan.FromMinutes(5.1));
        await ShouldPassAsync(sarah, Home);
    }

    [Test]
    public async Task The_addresses_of_one_IPv6_network_are_one_place()
    {
        var sarah = await SignedInAsync();
        for (var i = 0; i < 5; i++)
        {
            await GuessAsync(sarah, $"2001:db8:7:7::{i}");
        }

        await ShouldBeRefusedAsync(sarah, "2001:db8:7:7:ffff::1");
        await ShouldPassAsync(sarah, "2001:db8:7:8::1");
    }

    [Test]
    public async Task Of_guesses_that_come_at_once_from_one_address_the_right_one_among_the_last_is_refused()
    {
        var sarah = await SignedInAsync();
        for (var i = 0; i < 4; i++)
        {
            await GuessAsync(sarah, Elsewhere);
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => GuessAsync(sarah, Elsewhere)));

        await ShouldBeRefusedAsync(sarah, Elsewhere);
    }

    [Test]
    public async Task A_place_is_forgotten_a_day_after_the_last_guess_and_90_days_after_the_last_sign_in()
    {
        var sarah = await SignedInAsync();
        await ShouldPassAsync(sarah, Home);
        await GuessAsync(sarah, Elsewhere);
        (await PlacesAsync(sarah)).ShouldBe([Home, Elsewhere, "127.0.0.1"], ignoreOrder: true);

        _time.Advance(TimeSpan.FromDays(1.1));
        await SweepAsync();
        (await PlacesAsync(sarah)).ShouldBe([Home, "127.0.0.1"], ignoreOrder: true);

        _time.Advance(TimeSpan.FromDays(90));
        await SweepAsync();
        (await PlacesAsync(sarah)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_new_password_forgets_the_other_places()
    {
        var sarah = await SignedInAsync();
        await ShouldPassAsync(sarah, Home);
        await ShouldPassAsync(sarah, Elsewhere);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/password");
        request.Content = JsonContent.Create(new { currentPassword = TestUser.Password, newPassword = "a kettle sings at dawn" });
        request.Headers.Add("X-Forwarded-For", Home);
        await sarah.Http.SendAsync(request).ShouldBeNoContentAsync();

        (await PlacesAsync(sarah)).ShouldBe([Home]);
    }

    private static string AttackerAddress(int number) => string.Create(CultureInfo.InvariantCulture, $"203.0.{number / 200}.{1 + number % 200}");

    private async Task ShouldPassAsync(TestUser user, string address) =>
        await SendAsync(user.Email, TestUser.Password, address).ShouldBeAsync(HttpStatusCode.OK);

    private async Task ShouldBeRefusedAsync(TestUser user, string address) =>
        await SendAsync(user.Email, TestUser.Password, address).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");

    private Task GuessAsync(TestUser user, string address) => GuessAsync(user.Email, address);

    private async Task GuessAsync(string email, string address) =>
        await SendAsync(email, "wrong password", address).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");

    private async Task<HttpResponseMessage> SendAsync(string email, string password, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/login");
        request.Content = JsonContent.Create(new { email, password });
        request.Headers.Add("X-Forwarded-For", address);
        return await _http.SendAsync(request);
    }

    private async Task<string[]> PlacesAsync(TestUser user) =>
        await Server.InDatabaseAsync(db =>
            db.KnownOrigins.Where(known => known.UserId == user.Id).Select(known => known.Origin).ToArrayAsync()
        );

    /// <returns>How many refused sign-ins with an address that has no account are in the audit log.</returns>
    private async Task<int> StrangersAsync() =>
        await Server.InDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Event == AuditEvent.SignInFailed && entry.UserId == null));

    private async Task SweepAsync()
    {
        await using var scope = Server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SweepSignInOrigins());
    }
}
