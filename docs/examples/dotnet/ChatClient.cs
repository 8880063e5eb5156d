using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace BmadServer.Examples.DotNet;

/// <summary>
/// A client of one workflow. It comes back to its session after a drop, catches up, shows each event once, and repeats a
/// send with the same key until it is acknowledged. <c>docs/hub.md</c> says why each step is needed.
/// </summary>
/// <param name="say">Shows one line to the user.</param>
internal sealed partial class ChatClient(Uri server, string email, string password, Guid workflow, Action<string> say) : IDisposable
{
    /// <summary>Before the first, second, third attempt; the last one repeats.</summary>
    private static readonly double[] DelaySeconds = [0, 2, 10, 30];

    /// <summary>The longest message that the server takes unless it is set up otherwise.</summary>
    private const int MaximumLength = 16_000;

    /// <summary>Before a call that the server could not answer just then is made again.</summary>
    private static readonly TimeSpan RepeatDelay = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new() { BaseAddress = server };

    /// <summary>Held by whoever shows events: a push waits until catching up is done.</summary>
    private readonly SemaphoreSlim _showing = new(1, 1);

    private readonly List<Unacknowledged> _outbox = [];
    private (string Text, DateTimeOffset RenewAt) _accessToken = ("", DateTimeOffset.MinValue);
    private int _failures;
    private Guid? _session;
    private HubConnection? _online;

    /// <summary>The sequence up to which everything was shown; null before the first join.</summary>
    private long? _have;

    /// <summary>Stays connected until it is cancelled, or the server ends the session.</summary>
    /// <exception cref="HubException">The server refuses the workflow.</exception>
    /// <exception cref="HttpRequestException">The server refuses the sign-in.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await UseOneConnectionAsync(stop) is { } reason)
                {
                    say($"session ended: {reason}");
                    return;
                }
            }
            catch (Exception failure) when (!IsFinal(failure))
            {
                // The connection did not open, or broke in the middle of something: all of it is done again on the next.
            }

            _online = null;
            var delay = DelaySeconds[Math.Min(_failures++, DelaySeconds.Length - 1)] * (0.8 + 0.4 * Random.Shared.NextDouble());
            await Task.Delay(TimeSpan.FromSeconds(delay), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Completes once the message is durable, however many connections that takes.</summary>
    /// <exception cref="HubException">The server does not take it; the text is <c>code: sentence</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is too long.</exception>
    public async Task SendAsync(string content)
    {
        // Far beyond the limit the server closes the connection instead of refusing, and the repeat would close the next one.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaximumLength);
        var message = new Unacknowledged(new Message(content, workflow, Guid.CreateVersion7().ToString()));
        lock (_outbox)
        {
            _outbox.Add(message);
        }

        if (_online is { } connection)
        {
            await DeliverAsync(connection, message);
        }

        var ack = await message.Ack.Task;
        say($"acknowledged as #{ack.Sequence}, received {ack.ReceivedAt:O}, committed {ack.CommittedAt:O}");
    }

    public void Dispose()
    {
        _http.Dispose();
        _showing.Dispose();
    }

    /// <summary>A connection keeps its address, and the session's id belongs into the address: each attempt is a new one.</summary>
    /// <returns>Why the server ended the session, or null when the connection was lost.</returns>
    private async Task<string?> UseOneConnectionAsync(CancellationToken stop)
    {
        var session = new TaskCompletionSource<Session>();
        var closed = new TaskCompletionSource();
        string? ended = null;
        var address = new Uri(server, _session is { } id ? $"/hubs/chat?session={id}" : "/hubs/chat");
        await using var connection = new HubConnectionBuilder()
            .WithUrl(
                address,
                options =>
                {
                    options.AccessTokenProvider = AccessTokenAsync;
                    options.Transports = HttpTransportType.WebSockets;
                    options.SkipNegotiation = true;
                }
            )
            .Build();
        connection.On<Session>("SessionStarted", started => session.TrySetResult(started));
        connection.On<Session>("SessionRestored", restored => session.TrySetResult(restored));
        connection.On<WorkflowEvent>("ReceiveEvent", change => TakeAsync(connection, change));
        connection.On<string>("SessionEnded", reason => ended = reason);
        connection.Closed += _ => Task.FromResult(closed.TrySetResult());
        await connection.StartAsync(stop);
        if (await Task.WhenAny(session.Task, closed.Task).WaitAsync(stop) == session.Task)
        {
            await ResumeAsync(connection, await session.Task);
            await closed.Task.WaitAsync(stop);
        }

        return ended;
    }

    private async Task ResumeAsync(HubConnection connection, Session session)
    {
        say($"connected, session {session.Recovery ?? "started"}");
        (_session, _failures) = (session.Id, 0);
        await _showing.WaitAsync();
        try
        {
            if (session.JoinedWorkflows.All(joined => joined.WorkflowId != workflow))
            {
                var snapshot = await RepeatAsync(() => connection.InvokeAsync<Snapshot>("JoinWorkflow", workflow));
                _have ??= snapshot.LastSequence;
            }

            await CatchUpAsync(connection);
        }
        finally
        {
            _showing.Release();
        }

        _online = connection;
        Unacknowledged[] waiting;
        lock (_outbox)
        {
            waiting = [.. _outbox];
        }

        await Task.WhenAll(waiting.Select(message => DeliverAsync(connection, message)));
    }

    /// <summary>Shows the next event, ignores one that was shown, and fills the gap before one that came too early.</summary>
    private async Task TakeAsync(HubConnection connection, WorkflowEvent change)
    {
        await _showing.WaitAsync();
        try
        {
            if (change.WorkflowId == workflow && change.Sequence == _have + 1)
            {
                Show(change);
            }
            else if (change.WorkflowId == workflow && change.Sequence > _have)
            {
                await CatchUpAsync(connection);
            }
        }
        finally
        {
            _showing.Release();
        }
    }

    private async Task CatchUpAsync(HubConnection connection)
    {
        EventPage page;
        do
        {
            page = await RepeatAsync(() => connection.InvokeAsync<EventPage>("CatchUp", workflow, _have));
            foreach (var change in page.Events)
            {
                Show(change);
            }
        } while (page.HasMore);
    }

    private void Show(WorkflowEvent change)
    {
        _have = change.Sequence;
        say($"#{change.Sequence} {change.Actor.Name}: {change.Content ?? change.Kind}");
    }

    private async Task DeliverAsync(HubConnection connection, Unacknowledged message)
    {
        try
        {
            message.Ack.TrySetResult(await RepeatAsync(() => connection.InvokeAsync<Ack>("SendMessage", message.Message)));
        }
        catch (Exception failure) when (IsFinal(failure))
        {
            message.Ack.TrySetException(failure);
        }
        catch (Exception)
        {
            // Nobody knows whether it arrived. It stays in the outbox for the next connection.
            return;
        }

        lock (_outbox)
        {
            _outbox.Remove(message);
        }
    }

    /// <summary>Makes a call until the server carries it out or says no, or the connection breaks.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (HubException failure) when (!IsFinal(failure))
            {
                await Task.Delay(RepeatDelay);
            }
        }
    }

    /// <summary>Asked at every connect. A program that has no password at hand would use the refresh cookie instead.</summary>
    private async Task<string?> AccessTokenAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        if (now >= _accessToken.RenewAt)
        {
            using var response = await _http.PostAsJsonAsync("/api/v1/auth/login", new { email, password });
            var tokens = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Tokens>();
            _accessToken = (tokens!.AccessToken, now.AddSeconds(tokens.ExpiresIn - 60));
        }

        return _accessToken.Text;
    }

    /// <summary>Whether the server understood and said no, so that trying again would not help.</summary>
    private static bool IsFinal(Exception failure) =>
        failure is HttpRequestException { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized }
        || (failure is HubException && Refusal().IsMatch(failure.Message));

    /// <summary><c>code: sentence</c>, unless the code is about the server's state and not about the call.</summary>
    [GeneratedRegex(@"^(?!(service|server|session)\.)[a-z_]+\.[a-z_]+: ")]
    private static partial Regex Refusal();
}
