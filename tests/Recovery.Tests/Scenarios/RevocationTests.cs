using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing.History;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Promise 11: whoever's access ends gets nothing more a second later, on a socket that is open and under load.</summary>
[TestFixture(DatabaseKind.Sqlite, Category = nameof(DatabaseKind.Sqlite))]
[TestFixture(DatabaseKind.Postgres, Category = nameof(DatabaseKind.Postgres))]
public sealed class RevocationTests(DatabaseKind database)
{
    private const string Logout = "logout";
    private const string Reuse = "reuse of a refresh token";
    private const string Removal = "removal from a workflow";

    /// <summary>How long each is watched after the answer.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[] Kinds = [Logout, "DELETE /sessions/{id}", Reuse, Removal];

    [Test]
    public async Task Nothing_is_delivered_a_second_after_access_has_ended()
    {
        await using var stage = await Stage.OpenAsync(database, new Dictionary<string, string> { ["RateLimits__Enabled"] = "false" });
        var author = stage.People[0];
        var victims = stage.People.Skip(1).ToList();
        var workflows = await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => stage.WorkflowOfAsync(stage.People)));
        await using var authorHub = await stage.ConnectAsync(author, IgnoreCalls.Instance);
        var open = await Task.WhenAll(
            Enumerable
                .Range(0, Sizes.Revocations)
                .SelectMany(i => Kinds.Select(kind => OpenAsync(stage, kind, victims[i % victims.Count], WorkflowOf(kind, i, workflows))))
        );
        Ended[] ended;
        await using (new Load(authorHub, workflows, TimeSpan.FromMilliseconds(4)))
        {
            await Eventually.TrueAsync(TimeSpan.FromSeconds(30), () => open.All(each => each.Inbox.Events.Count > 0));
            ended = await Task.WhenAll(open.Select(each => EndAsync(stage, each)));
        }

        foreach (var kind in Kinds)
        {
            var these = ended.Where(each => each.Open.Kind == kind).ToList();
            var late = these.Sum(each => each.CountLater(Grace));
            var slowest = these.Max(each => each.Slowest.TotalMilliseconds);
            Figures.Report($"deliveries later than 1 s after {kind}, {these.Count} times, {database}", late, "", "0");
            Figures.Report($"last delivery after {kind}, latest of {these.Count}, {database}", slowest, "ms", "≤ 1000");
            late.ShouldBe(0);
            foreach (var each in these)
            {
                await ShouldHaveEndedAsync(each);
                await each.Open.Hub.DisposeAsync();
            }
        }
    }

    /// <summary>Removal ends a user's access to a workflow on all devices, so it has workflows that no other kind has.</summary>
    private static Guid WorkflowOf(string kind, int i, Guid[] workflows) =>
        workflows[kind == Removal ? 2 + (i % 5) : i % 2];

    private static async Task ShouldHaveEndedAsync(Ended ended)
    {
        if (ended.Open.Kind == Removal)
        {
            await Eventually.TrueAsync(Patience, () => ended.Open.Inbox.Events[^1].Kind == EventRecord.ParticipantRemoved);
            ended.Open.Inbox.Events[^1].UserId.ShouldBe(ended.Open.Person.Id);
            ended.Open.Hub.Closed.IsCompleted.ShouldBeFalse();
        }
        else
        {
            await ended.Open.Hub.Closed.WaitAsync(Patience);
            ended.Open.Hub.SessionEnded.ShouldBe(ended.Open.Kind == Logout ? "loggedOut" : "revoked");
        }
    }

    private static async Task<Open> OpenAsync(Stage stage, string kind, Person person, Guid workflow)
    {
        // What ends a sign-in ends all its devices, so each has one of its own.
        var signedIn = kind is Logout or Reuse ? await stage.Rest.SignInAsync(person.Email) : person;
        var inbox = new Inbox();
        var hub = await stage.ConnectAsync(signedIn, inbox);
        await hub.InvokeAsync("JoinWorkflow", workflow);
        return new Open(kind, signedIn, workflow, hub, inbox);
    }

    private static async Task<Ended> EndAsync(Stage stage, Open open)
    {
        switch (open.Kind)
        {
            case Logout:
                (await stage.Rest.WithCookieAsync("logout", open.Person.RefreshCookie)).ShouldBe(204);
                break;
            case Reuse:
                (await stage.Rest.WithCookieAsync("refresh", open.Person.RefreshCookie)).ShouldBe(200);
                (await stage.Rest.WithCookieAsync("refresh", open.Person.RefreshCookie)).ShouldBe(401);
                break;
            case Removal:
                await stage.Rest.RemoveAsync(Stage.TokenOf(stage.People[0]), open.Workflow, open.Person.Id);
                break;
            default:
                await stage.Rest.EndSessionAsync(Stage.TokenOf(open.Person), open.Hub.Session.Id);
                break;
        }

        var answered = (TimeProvider.System.GetTimestamp(), TimeProvider.System.GetUtcNow());
        await Task.Delay(Watch);
        return new Ended(open, answered);
    }

    private sealed record Open(string Kind, Person Person, Guid Workflow, HubSocket Hub, Inbox Inbox);

    private sealed record Ended(Open Open, (long Timestamp, DateTimeOffset Time) Answered)
    {
        public TimeSpan Slowest => Open.Inbox.Arrivals.Where(IsDelivery).Max(AfterTheAnswer);

        /// <summary>Deliveries of what did not even exist so soon after the answer: what did may have waited for a busy machine to read it.</summary>
        public int CountLater(TimeSpan grace) =>
            Open.Inbox.Arrivals.Count(arrival =>
                IsDelivery(arrival) && AfterTheAnswer(arrival) > grace && (arrival.Event is not { } @event || @event.At - Answered.Time > grace)
            );

        private TimeSpan AfterTheAnswer(Inbox.Arrival arrival) => TimeProvider.System.GetElapsedTime(Answered.Timestamp, arrival.At);

        private static bool IsDelivery(Inbox.Arrival arrival) => arrival.Target is not "SessionEnded";
    }
}
