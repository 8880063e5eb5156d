using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace BmadServer.Examples.DotNet;

/// <summary>
/// A client of one workflow. It comes back to its session after a drop, catches up, shows each event once, and repeats a
/// send with the same key until it is acknowledged. <c>docs/clients.md</c> says why each step is needed.
/// </summary>
/// <param name="say">Shows one line to the user.</param>
internal sealed partial class ChatClient(Uri server, AccessTokens tokens, Guid workflow, Action<string> say, TimeProvider time) : IDisposable
{
    /// <summary>Before the first, second, third attempt; the last one repeats.</summary>
    private static readonly double[] DelaySeconds = [0, 2, 10, 30];

    /// <summary>The longest message that the server takes unless it is set up otherwise.</summary>
    private const int MaximumLength = 16_000;

    /// <summary>Before a call that the server could not answer just then is made again, unless the server says when.</summary>
    private static readonly TimeSpan RepeatDelay = TimeSpan.FromSeconds(2);

    /// <summary>A try that has no session by then has failed: a network that swallows packets tells nobody.</summary>
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(20);

    /// <summary>A session that lasts this long shows that the server is well: the next drop is the first of a new count.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    /// <summary>After this many connects in a row that failed it may be the token.</summary>
    private const int SuspiciousFailures = 3;

    /// <summary>What is pushed while catching up. Of more the oldest are dropped, and catching up brings them.</summary>
    private const int MaximumPushed = 1000;

    /// <summary>Held by whoever sends: one message goes out after the ack of the one before.</summary>
    private readonly SemaphoreSlim _sending = new(1, 1);

    private readonly Queue<Unacknowledged> _outbox = [];
    private int _failures;
    private int _failedConnects;
    private Guid? _session;
    private Link? _online;

    /// <summary>The sequence up to which everything was shown; null before the first join.</summary>
    private long? _have;

    /// <summary>Stays connected until it is cancelled, or the server ends the session.</summary>
    /// <exception cref="HubException">The server refuses the workflow.</exception>
    /// <exception cref="HttpRequestException">The server refuses the sign-in.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await UseOneConnectionAsync(stop) is { } reason)
            {
                say($"session ended: {reason}");
                return;
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
            _outbox.Enqueue(message);
        }

        if (_online is { } link)
        {
            await SendWaitingAsync(link);
        }

        var ack = await message.Ack.Task;
        say($"acknowledged as #{ack.Sequence}, received {ack.ReceivedAt:O}, committed {ack.CommittedAt:O}");
    }

    public void Dispose() => _sending.Dispose();

    /// <summary>A connection keeps its address, and the session's id belongs into the address: each attempt is a new one.</summary>
    /// <returns>Why the server ended the session, or null when the client is to come back.</returns>
    private async Task<string?> UseOneConnectionAsync(CancellationToken stop)
    {
        var session = new TaskCompletionSource<Session>();
        var over = new TaskCompletionSource<string?>();
        var pushed = Channel.CreateBounded<object>(new BoundedChannelOptions(MaximumPushed) { FullMode = BoundedChannelFullMode.DropOldest });
        var showing = Task.CompletedTask;
        long? since = null;
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var address = new Uri(server, _session is { } id ? $"/hubs/chat?session={id}" : "/hubs/chat");
        await using var connection = new HubConnectionBuilder()
            .WithUrl(
                address,
                options =>
                {
                    options.AccessTokenProvider = tokens.GetAsync;
                    options.Transports = HttpTransportType.WebSockets;
                    options.SkipNegotiation = true;
                }
            )
            .Build();
        var link = new Link(connection, lost.Token);
        connection.On<Session>("SessionStarted", started => session.TrySetResult(started));
        connection.On<Session>("SessionRestored", restored => session.TrySetResult(restored));
        connection.On<WorkflowEvent>("ReceiveEvent", change => pushed.Writer.TryWrite(change));
        connection.On<SequenceAnnounced>("SequenceAnnounced", announcement => pushed.Writer.TryWrite(announcement));
        connection.On<string>("SessionEnded", reason => over.TrySetResult(reason == "expired" && time.GetUtcNow() >= link.RenewAt ? null : reason));
        connection.Closed += _ => Task.FromResult(over.TrySetResult(null));
        try
        {
            trying.CancelAfter(TryLimit);
            await StartAsync(connection, trying.Token);
            link.RenewAt = tokens.RenewAt;
            if (await Task.WhenAny(session.Task, over.Task).WaitAsync(trying.Token) == session.Task)
            {
                since = time.GetTimestamp();
                showing = ShowAsync(link, await session.Task, pushed.Reader);
                await Task.WhenAny(over.Task, showing, RenewTokensAsync(link)).Unwrap().WaitAsync(stop);
            }
        }
        catch (Exception failure) when (!IsFinal(failure))
        {
            // The connection did not open, or broke in the middle of something: all of it is done again on the next. What
            // broke it may be the server's ending the session, whose reason came before.
            await connection.StopAsync(CancellationToken.None);
        }
        finally
        {
            await lost.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _failures = since is { } began && time.GetElapsedTime(began) >= Settled ? 0 : _failures;
        return over.Task.IsCompleted ? await over.Task : null;
    }

    private async Task StartAsync(HubConnection connection, CancellationToken stop)
    {
        try
        {
            await connection.StartAsync(stop);
            _failedConnects = 0;
        }
        catch (Exception) when (++_failedConnects == SuspiciousFailures)
        {
            _failedConnects = 0;
            tokens.Discard();
            throw;
        }
    }

    /// <summary>Catches up, then shows what is pushed, until the connection is lost.</summary>
    /// <exception cref="HubException">The server refuses the workflow.</exception>
    private async Task ShowAsync(Link link, Session session, ChannelReader<object> pushed)
    {
        say($"connected, session {session.Recovery ?? "started"}");
        _session = session.Id;

        // The drop may have come between the server's joining and its answer.
        if (_have is null || session.JoinedWorkflows.All(joined => joined.WorkflowId != workflow))
        {
            var snapshot = await RepeatAsync<Snapshot>(link, "JoinWorkflow", workflow);
            _have ??= snapshot.LastSequence;
        }

        await CatchUpAsync(link);
        _online = link;
        _ = SendWaitingAsync(link);
        await foreach (var push in pushed.ReadAllAsync(link.Lost))
        {
            switch (push)
            {
                case WorkflowEvent change when change.WorkflowId == workflow && change.Sequence == _have + 1:
                    Show(change);
                    break;
                // What was announced has been pushed before, so what is missing was lost.
                case WorkflowEvent early when early.WorkflowId == workflow && early.Sequence > _have:
                case SequenceAnnounced announced when announced.WorkflowId == workflow && announced.LastSequence > _have:
                    await CatchUpAsync(link);
                    break;
            }
        }
    }

    /// <summary>Gives the open connection a new token before its own runs out.</summary>
    /// <exception cref="HttpRequestException">The server refuses the sign-in.</exception>
    private async Task RenewTokensAsync(Link link)
    {
        while (true)
        {
            var due = link.RenewAt - time.GetUtcNow();
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, time, link.Lost);
            try
            {
                var renewed = await RepeatAsync<Renewed>(link, "RefreshToken", await tokens.GetAsync());
                link.RenewAt = tokens.RenewAt;
                say($"access token renewed, good until {renewed.ExpiresAt:O}");
            }
            catch (HubException)
            {
                tokens.Discard();
                await Task.Delay(RepeatDelay, link.Lost);
            }
            catch (HttpRequestException failure) when (!IsFinal(failure))
            {
                await Task.Delay(RepeatDelay, link.Lost);
            }
        }
    }

    private async Task CatchUpAsync(Link link)
    {
        EventPage page;
        do
        {
            page = await RepeatAsync<EventPage>(link, "CatchUp", workflow, _have);
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

    /// <summary>Sends what waits, one message after the other, so that a refusal that passes cannot reorder them.</summary>
    private async Task SendWaitingAsync(Link link)
    {
        try
        {
            await _sending.WaitAsync(link.Lost);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            while (First() is { } message)
            {
                try
                {
                    message.Ack.TrySetResult(await RepeatAsync<Ack>(link, "SendMessage", message.Message));
                }
                catch (Exception failure) when (IsFinal(failure))
                {
                    message.Ack.TrySetException(failure);
                }

                lock (_outbox)
                {
                    _outbox.Dequeue();
                }
            }
        }
        catch (Exception)
        {
            // The connection broke and nobody knows whether the message arrived. It waits for the next connection.
        }
        finally
        {
            _sending.Release();
        }
    }

    private Unacknowledged? First()
    {
        lock (_outbox)
        {
            return _outbox.TryPeek(out var message) ? message : null;
        }
    }

    /// <summary>Makes a call until the server carries it out or says no, or the connection breaks.</summary>
    private static async Task<T> RepeatAsync<T>(Link link, string method, params object?[] arguments)
    {
        while (true)
        {
            try
            {
                return await link.Connection.InvokeCoreAsync<T>(method, arguments, link.Lost);
            }
            catch (HubException failure) when (!IsFinal(failure))
            {
                await Task.Delay(PauseAfter(failure), link.Lost);
            }
        }
    }

    private static TimeSpan PauseAfter(HubException failure) =>
        Hint().Match(failure.Message) is { Success: true } hint
            ? TimeSpan.FromSeconds(int.Parse(hint.Groups[1].Value, CultureInfo.InvariantCulture))
            : RepeatDelay;

    /// <summary>Whether the server understood and said no, so that trying again would not help.</summary>
    private static bool IsFinal(Exception failure) =>
        failure is HttpRequestException { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized }
        || (failure is HubException && Refusal().IsMatch(failure.Message));

    /// <summary>
    /// <c>code: sentence</c>, unless the code is about the server's state and not about the call. <c>rate_limited</c> has no dot.
    /// </summary>
    [GeneratedRegex(@"^(?!(service|server|session)\.)[a-z_]+\.[a-z_]+: ")]
    private static partial Regex Refusal();

    [GeneratedRegex(@"Try again in (\d+) s\.$")]
    private static partial Regex Hint();

    /// <summary>A connection, until it is lost.</summary>
    private sealed record Link(HubConnection Connection, CancellationToken Lost)
    {
        /// <summary>When the token that the connection lives on is to be renewed.</summary>
        public DateTimeOffset RenewAt { get; set; } = DateTimeOffset.MaxValue;
    }
}
