using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Integration.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Audit;

public sealed class AuditLogTests(Database database) : ServerTest(database)
{
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Audit:RetentionDays"] = "30", ["ForwardedHeaders_Enabled"] = "true" };

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1);

    [Test]
    public async Task The_life_of_an_account_is_in_it_in_order()
    {
        var sarah = await SignedInAsync();
        (await SignInAsync(sarah.Email, "wrong password")).Dispose();
        var session = (await ConnectedAsync(sarah)).SessionId;
        await sarah.Http.DeleteAsync($"/api/v1/sessions/{session}").ShouldBeNoContentAsync();
        await sarah
            .Http.PostAsJsonAsync(
                "/api/v1/auth/password",
                new { currentPassword = TestUser.Password, newPassword = "a kettle sings at dawn" }
            )
            .ShouldBeNoContentAsync();
        var used = sarah.RefreshCookie;
        await sarah.Http.PostCookieAsync("/api/v1/auth/refresh", used).ShouldBeAsync(HttpStatusCode.OK);
        await sarah.Http.PostCookieAsync("/api/v1/auth/refresh", used).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_reused");

        (await AboutAsync(sarah)).Select(entry => (entry.Event, entry.Succeeded)).ShouldBe(
            [
                (AuditEvent.Registered, true),
                (AuditEvent.SignedIn, true),
                (AuditEvent.SignInFailed, false),
                (AuditEvent.SessionEnded, true),
                (AuditEvent.PasswordChanged, true),
                (AuditEvent.RefreshTokenReused, false),
            ]
        );
    }

    [Test]
    public async Task An_entry_says_who_did_it_and_from_where()
    {
        var (sarah, marcus) = (await SignedInAsync("Sarah"), await SignedInAsync("Marcus"));
        var workflow = await WorkflowOfAsync(sarah);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/workflows/{workflow}/participants");
        request.Content = JsonContent.Create(new { email = marcus.Email, role = "observer" });
        request.Headers.Add("X-Forwarded-For", "2001:db8::7");
        await sarah.Http.SendAsync(request).ShouldBeAsync(HttpStatusCode.Created);

        await sarah.Http.DeleteAsync($"/api/v1/workflows/{workflow}/participants/{marcus.Id}").ShouldBeNoContentAsync();

        var (added, removed) = ((await AboutAsync(marcus))[^2], (await AboutAsync(marcus))[^1]);
        (added.Event, added.ActorId?.Value, added.WorkflowId?.Value, added.Address, added.Detail)
            .ShouldBe((AuditEvent.ParticipantAdded, sarah.Id, workflow, "2001:db8::7", "as observer"));
        (removed.Event, removed.ActorId?.Value, removed.Address).ShouldBe((AuditEvent.ParticipantRemoved, sarah.Id, "127.0.0.1"));
        added.RecordedAt.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    /// <summary>Else whoever guesses on could fill it.</summary>
    [Test]
    public async Task A_lock_out_is_in_it_once_and_stands_for_what_is_refused_while_it_lasts()
    {
        var sarah = await SignedInAsync();
        for (var i = 0; i < 6; i++)
        {
            (await SignInAsync(sarah.Email, "wrong password")).Dispose();
        }

        await SignInAsync(sarah.Email, TestUser.Password).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");

        (await AboutAsync(sarah))
            .Where(entry => !entry.Succeeded)
            .Select(entry => (entry.Event, entry.Detail))
            .ShouldBe([.. Enumerable.Repeat((AuditEvent.SignInFailed, (string?)"wrong password"), 5), (AuditEvent.LockedOut, null)]);
    }

    [Test]
    public async Task A_lock_out_of_all_unknown_places_stands_for_what_is_refused_there()
    {
        var sarah = await SignedInAsync();
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => SignInAsync(sarah.Email, "wrong password", $"203.0.113.{i}")));
        foreach (var password in new[] { "wrong password", TestUser.Password })
        {
            await SignInAsync(sarah.Email, password, "203.0.113.99")
                .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        }

        (await AboutAsync(sarah)).ShouldNotContain(entry => entry.Address == "203.0.113.99");
    }

    [Test]
    public async Task No_address_of_an_unknown_account_and_no_secret_is_in_it()
    {
        var sarah = await SignedInAsync();
        var unknown = TestUser.NewEmail();
        (await SignInAsync(unknown, "wrong password")).Dispose();
        (await SignInAsync(sarah.Email, "wrong password")).Dispose();

        var all = JsonSerializer.Serialize(await Server.InDatabaseAsync(db => db.AuditEntries.AsNoTracking().ToListAsync()));

        all.ShouldContain("unknown account");
        foreach (var secret in new[] { unknown, sarah.Email, TestUser.Password, sarah.AccessToken, sarah.RefreshCookie.Split('=')[1] })
        {
            all.ShouldNotContain(secret, Case.Insensitive);
        }
    }

    [Test]
    public async Task Nobody_can_change_an_entry_or_delete_a_young_one()
    {
        await SignedInAsync();

        await ShouldRefuseAsync("UPDATE audit_entries SET detail = 'nothing happened'");
        await ShouldRefuseAsync("DELETE FROM audit_entries");
        if (Database == Database.Postgres)
        {
            await ShouldRefuseAsync("TRUNCATE audit_entries");
        }

        (await Server.InDatabaseAsync(db => db.AuditEntries.CountAsync())).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task What_is_older_than_it_is_kept_is_swept_and_nothing_else()
    {
        var user = UserId.New(TimeProvider.System.Now());
        foreach (var age in new[] { 31.0, 29.0, 0.0 })
        {
            await Server.InDatabaseAsync(db =>
            {
                var then = TimeProvider.System.Now().AddDays(-age);
                db.AuditEntries.Add(AuditEntry.Of(AuditEvent.SignedOut, then, null, user, null, null, $"{age} days"));
                return db.SaveChangesAsync();
            });
        }

        await using (var scope = Server.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SweepAuditLog());
        }

        var left = await Server.InDatabaseAsync(db =>
            db.AuditEntries.Where(entry => entry.UserId == user).OrderBy(entry => entry.RecordedAt).Select(entry => entry.Detail).ToListAsync()
        );
        left.ShouldBe(["29 days", "0 days"]);
    }

    [Test]
    public async Task What_is_rolled_back_is_not_in_it()
    {
        var user = UserId.New(TimeProvider.System.Now());
        await using (var scope = Server.Services.CreateAsyncScope())
        {
            var audit = scope.ServiceProvider.GetRequiredService<AuditTrail>();
            var work = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
            await Should.ThrowAsync<InvalidOperationException>(
                work.ExecuteAsync(
                    async _ =>
                    {
                        audit.Record(AuditEvent.UserDisabled, user);
                        await Task.Yield();
                        throw new InvalidOperationException("no");
                    },
                    CancellationToken.None
                )
            );
        }

        (await Server.InDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.UserId == user))).ShouldBe(0);
    }

    private async Task ShouldRefuseAsync(string statement)
    {
        var refusal = await Should.ThrowAsync<DbException>(Server.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync(statement)));

        refusal.Message.ShouldContain("append-only");
    }

    private async Task<IReadOnlyList<AuditEntry>> AboutAsync(TestUser user)
    {
        var id = new UserId(user.Id);
        return await Server.InDatabaseAsync(db =>
            db.AuditEntries.AsNoTracking().Where(entry => entry.UserId == id).OrderBy(entry => entry.RecordedAt).ThenBy(entry => entry.Id).ToListAsync()
        );
    }

    private async Task<HttpResponseMessage> SignInAsync(string email, string password, string? address = null)
    {
        using var http = TestUser.Client(Server.Url);
        if (address is not null)
        {
            http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        }

        return await http.PostAsJsonAsync("/api/v1/auth/login", new { email, password });
    }
}
