using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Integration.Tests.Commands;

/// <summary>The signing key is the same whatever the database.</summary>
public sealed class KeyCommandTests
{
    [Test]
    public async Task A_token_signed_with_the_key_before_is_taken_until_it_expires()
    {
        var time = new TestClock();
        await using var server = await TestServer.StartAsync(Database.Sqlite, time: time);
        await using var sarah = await TestUser.SignUpAsync(server.Url, "Sarah");
        var before = await File.ReadAllTextAsync(KeyFile(server));

        (await RotateAsync(server)).ShouldBeDone().GetProperty("previousKept").GetBoolean().ShouldBeTrue();
        await server.RestartAsync();

        (await File.ReadAllTextAsync(KeyFile(server))).ShouldNotBe(before);
        (await File.ReadAllTextAsync($"{KeyFile(server)}.previous")).ShouldBe(before);
        using var http = await AskAsync(server, sarah, HttpStatusCode.OK);
        time.Advance(TimeSpan.FromMinutes(14));
        (await http.GetAsync("/api/v1/users/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_key_before_the_present_one_is_not_taken_for_longer_than_a_token_is_valid()
    {
        var time = new TestClock();
        await using var server = await TestServer.StartAsync(Database.Sqlite, time: time);
        await using var sarah = await TestUser.SignUpAsync(server.Url, "Sarah");
        var before = Convert.FromBase64String(await File.ReadAllTextAsync(KeyFile(server)));
        (await RotateAsync(server)).ShouldBeDone();
        await server.RestartAsync();
        using (await AskAsync(server, sarah, HttpStatusCode.OK)) { }

        // Whoever knows the old key makes tokens of any date.
        Forge(sarah, before, time.GetUtcNow());
        using (await AskAsync(server, sarah, HttpStatusCode.OK)) { }
        time.Advance(TimeSpan.FromMinutes(16));
        Forge(sarah, before, time.GetUtcNow());

        using (await AskAsync(server, sarah, HttpStatusCode.Unauthorized)) { }
    }

    [Test]
    public async Task A_key_that_is_discarded_is_taken_no_more()
    {
        await using var server = await TestServer.StartAsync(Database.Sqlite);
        await using var sarah = await TestUser.SignUpAsync(server.Url, "Sarah");
        (await RotateAsync(server)).ShouldBeDone();

        (await RotateAsync(server, "--discard-previous")).ShouldBeDone().GetProperty("previousKept").GetBoolean().ShouldBeFalse();
        await server.RestartAsync();

        File.Exists($"{KeyFile(server)}.previous").ShouldBeFalse();
        using (await AskAsync(server, sarah, HttpStatusCode.Unauthorized)) { }
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task Keys_are_for_their_owner_alone()
    {
        await using var server = await TestServer.StartAsync(Database.Sqlite);

        await RotateAsync(server);

        foreach (var file in new[] { KeyFile(server), $"{KeyFile(server)}.previous" })
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Test]
    public async Task A_configured_key_is_left_to_the_operator_who_is_told_how()
    {
        var directory = Directory.CreateTempSubdirectory("bmadserver-keys-");
        var environment = new Dictionary<string, string> { ["Data__Directory"] = directory.FullName, ["Jwt__SigningKey"] = NewKey() };

        var ended = await ServerProcess.RunAsync(environment, "keys", "rotate");

        ended.ExitCode.ShouldBe(1);
        ended.Output.ShouldContain("Jwt__PreviousSigningKey");
        ended.Output.ShouldNotContain(environment["Jwt__SigningKey"]);
        directory.GetFiles("signing.key*").ShouldBeEmpty();
        directory.Delete(recursive: true);
    }

    /// <summary>Whoever runs the command in another folder than the server's would take another key for the server's.</summary>
    [Test]
    public async Task The_operator_is_told_where_the_new_key_lies()
    {
        await using var server = await TestServer.StartAsync(Database.Sqlite);

        var ended = await ServerProcess.RunAsync(new Dictionary<string, string> { ["Data__Directory"] = server.DataDirectory }, "keys", "rotate");

        ended.Output.ShouldStartWith($"There is a new signing key in {server.DataDirectory}.");
    }

    [Test]
    public async Task Tokens_of_a_configured_previous_key_are_taken()
    {
        var (old, present) = (NewKey(), NewKey());
        var data = Directory.CreateTempSubdirectory("bmadserver-keys-");
        try
        {
            var settings = new Dictionary<string, string> { ["Data:Directory"] = data.FullName, ["Jwt:SigningKey"] = old };
            var first = await TestServer.StartAsync(Database.Sqlite, settings);
            await using var sarah = await TestUser.SignUpAsync(first.Url, "Sarah");
            await first.DisposeAsync();
            settings["Jwt:SigningKey"] = present;
            await using (var without = await TestServer.StartAsync(Database.Sqlite, settings))
            {
                using (await AskAsync(without, sarah, HttpStatusCode.Unauthorized)) { }
            }

            settings["Jwt:PreviousSigningKey"] = old;
            await using var with = await TestServer.StartAsync(Database.Sqlite, settings);
            using (await AskAsync(with, sarah, HttpStatusCode.OK)) { }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Test]
    public async Task A_database_that_takes_no_entry_keeps_nobody_from_hearing_that_the_key_was_replaced()
    {
        await using var server = await TestServer.StartAsync(Database.Sqlite);
        var before = await File.ReadAllTextAsync(KeyFile(server));
        await server.InDatabaseAsync(db =>
            db.Database.ExecuteSqlRawAsync("CREATE TRIGGER no_entries BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END")
        );

        var answer = (await RotateAsync(server)).ShouldBeDone();

        (await File.ReadAllTextAsync(KeyFile(server))).ShouldNotBe(before);
        answer.GetProperty("steps").EnumerateArray().Select(step => step.GetString()).ShouldContain(step => step!.Contains("audit log does not say so"));
    }

    private static string KeyFile(TestServer server) => Path.Combine(server.DataDirectory, "signing.key");

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static Task<ServerProcess.Ended> RotateAsync(TestServer server, params string[] options) =>
        ServerProcess.RunAsync(
            new Dictionary<string, string> { ["Data__Directory"] = server.DataDirectory },
            ["keys", "rotate", "--json", .. options]
        );

    /// <summary>The user's token anew, as if it had been issued at that time.</summary>
    private static void Forge(TestUser user, byte[] key, DateTimeOffset issuedAt)
    {
        var token = new JsonWebToken(user.AccessToken);
        var text = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = token.Issuer,
                Audience = token.Audiences.Single(),
                IssuedAt = issuedAt.UtcDateTime,
                NotBefore = issuedAt.UtcDateTime,
                Expires = issuedAt.UtcDateTime.AddMinutes(15),
                Claims = new Dictionary<string, object> { ["sub"] = token.Subject, ["sid"] = token.GetClaim("sid").Value },
                SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256),
            }
        );
        user.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
    }

    /// <returns>A client with the user's token, for the address that the server has now.</returns>
    private static async Task<HttpClient> AskAsync(TestServer server, TestUser user, HttpStatusCode expected)
    {
        var http = TestUser.Client(server.Url);
        http.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        (await http.GetAsync("/api/v1/users/me")).StatusCode.ShouldBe(expected);
        return http;
    }
}
