using System.Net;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Integration.Tests.Support;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Sessions;

/// <summary>What the housekeeping ends and releases. The server's clock is shifted, and only ever forward.</summary>
public sealed class SessionSweepTests(Database database) : ServerTest(database)
{
    /// <summary>The idle limit, and how old the stored time of the last activity may be.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(30 + 1);

    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task A_connection_that_was_idle_for_30_minutes_is_told_and_closed_without_anybody_asking()
    {
        var client = await ConnectedAsync(await SignedInAsync());

        _time.Advance(IdleLimit);

        await _time.UntilSweptAsync(client.Closed);
        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("expired");
    }

    [Test]
    public async Task A_session_that_was_idle_for_30_minutes_ends_and_is_kept_with_the_reason()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        await client.Connection.StopAsync();
        await Eventually.ShouldBeTrueAsync(
            async () => (await StoredAsync(client.SessionId)).DisconnectedAt is not null,
            "the drop is noted"
        );
        _time.Advance(IdleLimit);

        await SweepAsync();

        var stored = await StoredAsync(client.SessionId);
        stored.EndReason.ShouldBe(SessionEndReason.Expired);
        stored.EndedAt.ShouldBe(_time.Now());
    }

    /// <summary>Of thousands that expire long after their connections were gone, none is read again and again.</summary>
    [Test]
    public async Task Whoever_closes_connections_reads_only_of_sessions_that_had_one_when_they_ended()
    {
        var user = await SignedInAsync();
        var dropped = await ConnectedAsync(user);
        await dropped.Connection.StopAsync();
        await Eventually.ShouldBeTrueAsync(
            async () => (await StoredAsync(dropped.SessionId)).DisconnectedAt is not null,
            "the drop is noted"
        );
        var connected = await ConnectedAsync(user);
        await ListenFor28MinutesAsync(user, connected);
        _time.Advance(IdleLimit - TimeSpan.FromMinutes(28));
        await SweepAsync();

        await using var scope = Server.Services.CreateAsyncScope();
        var endings = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ListEndings(_time.Now() - IdleLimit));

        (await StoredAsync(dropped.SessionId)).HasEnded.ShouldBeTrue();
        var read = endings.Sessions.Select(ended => ended.Id.Value).ToList();
        read.ShouldContain(connected.SessionId);
        read.ShouldNotContain(dropped.SessionId);
    }

    [Test]
    public async Task A_session_that_was_extended_in_time_goes_on()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        _time.Advance(TimeSpan.FromMinutes(14));
        await user.Http.PostAsync($"/api/v1/sessions/{client.SessionId}/extend", null).ShouldBeNoContentAsync();
        _time.Advance(TimeSpan.FromMinutes(29));

        await SweepAsync();

        (await StoredAsync(client.SessionId)).HasEnded.ShouldBeFalse();
    }

    [Test]
    public async Task A_session_that_is_used_goes_on()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        await ListenFor28MinutesAsync(user, client);
        await client.InvokeAsync("SendMessage", "Still here");
        await ListenFor28MinutesAsync(user, client);

        await SweepAsync();

        (await StoredAsync(client.SessionId)).HasEnded.ShouldBeFalse();
    }

    [Test]
    public async Task A_session_that_only_listens_ends_although_its_tokens_are_renewed()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        await ListenFor28MinutesAsync(user, client);
        _time.Advance(IdleLimit - TimeSpan.FromMinutes(28));

        await _time.UntilSweptAsync(client.Closed);

        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("expired");
        (await StoredAsync(client.SessionId)).EndReason.ShouldBe(SessionEndReason.Expired);
    }

    [Test]
    public async Task A_node_that_died_without_a_word_lets_go_of_its_sessions_at_its_last_sign_of_life()
    {
        var user = await SignedInAsync();
        var lastSeen = _time.Now();
        var session = await OnAnotherNodeAsync(user, lastSeen);
        _time.Advance(NodeIdentity.MaximumSilence + TimeSpan.FromSeconds(1));

        await SweepAsync();

        var stored = await StoredAsync(session.Value);
        stored.DisconnectedAt.ShouldBe(lastSeen);
        (stored.ConnectionId, stored.NodeId, stored.HasEnded).ShouldBe((null, null, false));
    }

    [Test]
    public async Task A_session_that_a_dead_node_held_is_shown_as_not_connected()
    {
        var user = await SignedInAsync();
        var session = await OnAnotherNodeAsync(user, _time.Now());
        _time.Advance(NodeIdentity.MaximumSilence + TimeSpan.FromSeconds(1));

        await SweepAsync();

        var shown = await user.Http.GetAsync($"/api/v1/sessions/{session}").ShouldBeAsync(HttpStatusCode.OK);
        shown.GetProperty("connected").GetBoolean().ShouldBeFalse();
    }

    [Test]
    public async Task A_node_that_was_silent_for_a_moment_keeps_its_sessions()
    {
        var user = await SignedInAsync();
        var session = await OnAnotherNodeAsync(user, _time.Now());
        _time.Advance(NodeIdentity.MaximumSilence - TimeSpan.FromSeconds(1));

        await SweepAsync();

        (await StoredAsync(session.Value)).ConnectionId.ShouldNotBeNull();
    }

    [Test]
    public async Task The_server_itself_keeps_its_connections_over_a_sweep()
    {
        var client = await ConnectedAsync(await SignedInAsync());
        _time.Advance(NodeIdentity.MaximumSilence + TimeSpan.FromSeconds(1));

        await SweepAsync();

        (await StoredAsync(client.SessionId)).ConnectionId.ShouldNotBeNull();
    }

    /// <summary>Longer than an access token lives, so it is renewed on the way, as clients do by themselves.</summary>
    private async Task ListenFor28MinutesAsync(TestUser user, HubClient client)
    {
        for (var halves = 0; halves < 2; halves++)
        {
            _time.Advance(TimeSpan.FromMinutes(14));
            await user.SignInAsync();
            await client.InvokeAsync("RefreshToken", user.AccessToken);
        }
    }

    private async Task SweepAsync()
    {
        await using var scope = Server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SweepSessions());
    }

    private Task<Session> StoredAsync(Guid id)
    {
        var sessionId = new SessionId(id);
        return Server.InDatabaseAsync(db => db.Sessions.AsNoTracking().SingleAsync(session => session.Id == sessionId));
    }

    /// <summary>A session whose connection another node holds, or held.</summary>
    private Task<SessionId> OnAnotherNodeAsync(TestUser user, DateTimeOffset lastSeen)
    {
        var node = NodeId.New(lastSeen);
        var family = TokenFamilyId.New(lastSeen);
        var session = Session.Start(new UserId(user.Id), family, "Phone", "connection-of-another-node", node, lastSeen);
        return Server.InDatabaseAsync(async db =>
        {
            db.Add(ServerNode.Start(node, lastSeen));
            db.Add(session);
            await db.SaveChangesAsync();
            return session.Id;
        });
    }
}
