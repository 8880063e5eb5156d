using System.Net;
using System.Net.Http.Json;
using BmadServer.Infrastructure.Auth;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BmadServer.Integration.Tests.Auth;

/// <summary>
/// The work that a refused sign-in costs, counted and not timed, and who is believed about addresses. One test at a time, since they count
/// for the whole server.
/// </summary>
public sealed class EqualRefusalTests(Database database) : ServerTest(database)
{
    private readonly CountingHasher _hasher = new();

    private HttpClient _http = null!;

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IPasswordHasher<ApplicationUser>>(_hasher);

    [OneTimeSetUp]
    public void OpenClient() => _http = TestUser.Client(Server.Url);

    [OneTimeTearDown]
    public void CloseClient() => _http.Dispose();

    [Test]
    public async Task Each_refused_sign_in_verifies_one_password_hash_whatever_the_reason()
    {
        var (sarah, locked, disabled) = (await SignedInAsync(), await SignedInAsync(), await SignedInAsync());
        for (var i = 0; i < 5; i++)
        {
            (await SignInAsync(locked.Email, "wrong password")).Dispose();
        }

        await Server.InDatabaseAsync(db =>
            db.Users.Where(user => user.Id == disabled.Id)
                .ExecuteUpdateAsync(update => update.SetProperty(user => user.DisabledAt, TimeProvider.System.GetUtcNow()))
        );

        (await WorkAsync(TestUser.NewEmail(), TestUser.Password)).ShouldBe((1, 0));
        (await WorkAsync(sarah.Email, "wrong password")).ShouldBe((1, 0));
        (await WorkAsync(locked.Email, TestUser.Password)).ShouldBe((1, 0));
        (await WorkAsync(locked.Email, "wrong password")).ShouldBe((1, 0));
        (await WorkAsync(disabled.Email, TestUser.Password)).ShouldBe((1, 0));
        (await WorkAsync(disabled.Email, "wrong password")).ShouldBe((1, 0));
    }

    [Test]
    public async Task A_registration_hashes_one_password_whether_the_address_is_taken_or_not()
    {
        var sarah = await SignedInAsync();

        foreach (var (email, status) in new[] { (sarah.Email, HttpStatusCode.Conflict), (TestUser.NewEmail(), HttpStatusCode.Created) })
        {
            var before = _hasher.Counts;
            using var answer = await _http.PostAsJsonAsync(
                "/api/v1/auth/register",
                new { email, password = TestUser.Password, displayName = "Sarah" }
            );
            answer.StatusCode.ShouldBe(status);
            (_hasher.Counts.Hashed - before.Hashed).ShouldBe(1);
        }
    }

    [Test]
    public async Task A_forwarded_address_counts_for_nothing_unless_the_configuration_says_so()
    {
        var sarah = await SignedInAsync();
        _http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.5");
        try
        {
            (await SignInAsync(sarah.Email, "wrong password")).Dispose();
        }
        finally
        {
            _http.DefaultRequestHeaders.Remove("X-Forwarded-For");
        }

        var places = await Server.InDatabaseAsync(db =>
            db.KnownOrigins.Where(known => known.UserId == sarah.Id).Select(known => known.Origin).ToArrayAsync()
        );
        places.ShouldBe(["127.0.0.1"]);
    }

    private async Task<(int Verified, int Hashed)> WorkAsync(string email, string password)
    {
        var before = _hasher.Counts;
        await SignInAsync(email, password).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        return (_hasher.Counts.Verified - before.Verified, _hasher.Counts.Hashed - before.Hashed);
    }

    private Task<HttpResponseMessage> SignInAsync(string email, string password) =>
        _http.PostAsJsonAsync("/api/v1/auth/login", new { email, password });

    private sealed class CountingHasher : IPasswordHasher<ApplicationUser>
    {
        private readonly PasswordHasher<ApplicationUser> _inner = new(Options.Create(new PasswordHasherOptions { IterationCount = 1 }));
        private int _hashed;
        private int _verified;

        public (int Verified, int Hashed) Counts => (Volatile.Read(ref _verified), Volatile.Read(ref _hashed));

        public string HashPassword(ApplicationUser user, string password)
        {
            Interlocked.Increment(ref _hashed);
            return _inner.HashPassword(user, password);
        }

        public PasswordVerificationResult VerifyHashedPassword(ApplicationUser user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _verified);
            return _inner.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
