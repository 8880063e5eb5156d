using System.Diagnostics;
using System.Globalization;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Targets;

namespace BmadServer.Fuzz.Tests;

/// <summary>One server on each database, and inputs for them: a batch for the one, a batch for the other.</summary>
internal sealed class FuzzRun : IAsyncDisposable
{
    /// <summary>Of each target, before anything is measured: what is loaded and cached at first is no leak.</summary>
    private const int WarmUpBatches = 2;

    /// <summary>Apart from all that are asked for.</summary>
    private const long WarmUpFirst = 1_000_000_000;

    private readonly ResourceMeter _meter = new();
    private readonly List<FuzzedServer> _servers = [];
    private readonly List<string> _unobserved = [];

    private FuzzRun() => TaskScheduler.UnobservedTaskException += OnUnobserved;

    /// <summary>What the process held before the inputs that count.</summary>
    public Resources Before { get; private set; } = new(0, 0, 0, 0, 0);

    /// <summary>What the server says that it can be called for.</summary>
    public IReadOnlyList<RestOperation> Operations => RestTarget.OperationsOf(_servers[0]);

    private int Connections => _servers.Count * ControlPair.Connections;

    /// <param name="warmUp">Of each target; in whole batches of this size at most.</param>
    public static async Task<FuzzRun> StartAsync(long seed, int warmUp)
    {
        var run = new FuzzRun();
        try
        {
            run._servers.AddRange(
                await Task.WhenAll(FuzzedServer.StartAsync(DatabaseKind.Sqlite), FuzzedServer.StartAsync(DatabaseKind.Postgres))
            );
            foreach (var target in Target.All)
            {
                await run.SendAsync(target, seed, WarmUpFirst, Math.Min(warmUp, WarmUpBatches * target.BatchSize), new Tally());
            }

            await run.ShouldBeSoundAsync();
            run.Before = await run._meter.SettleAsync(run.Connections);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends inputs, and then looks whether all is as it was.</summary>
    /// <param name="heapSlack">By how many bytes the managed heap may have grown since the warm-up.</param>
    /// <returns>What became of the inputs, and what the process holds now.</returns>
    public async Task<(Tally Tally, TimeSpan Time, Resources After)> RunAsync(Target target, long seed, long first, int count, long heapSlack)
    {
        var started = Stopwatch.GetTimestamp();
        var tally = new Tally();
        await SendAsync(target, seed, first, count, tally);
        var time = Stopwatch.GetElapsedTime(started);
        await ShouldBeSoundAsync();
        var after = await _meter.SettleAsync(Connections, Before, heapSlack);
        ShouldHaveObservedAll();
        return (tally, time, after);
    }

    public async ValueTask DisposeAsync()
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _meter.Dispose();
    }

    private async Task SendAsync(Target target, long seed, long first, int count, Tally tally)
    {
        var batches =
            from number in Enumerable.Range(0, (count + target.BatchSize - 1) / target.BatchSize)
            let start = first + (long)number * target.BatchSize
            // By the index and not by the turn: the same again goes to the same database.
            let server = _servers[(int)(start / target.BatchSize % _servers.Count)]
            let batch = new Batch(target.Name, seed, start, (int)Math.Min(target.BatchSize, first + count - start), server.Database)
            select (server, batch);
        await Parallel.ForEachAsync(
            batches,
            new ParallelOptions { MaxDegreeOfParallelism = target.Workers },
            async (each, _) =>
            {
                Note(each.batch);
                await target.RunAsync(each.server, each.batch, tally);
            }
        );
    }

    private async Task ShouldBeSoundAsync()
    {
        foreach (var server in _servers)
        {
            await server.ShouldBeSoundAsync();
        }
    }

    private void ShouldHaveObservedAll()
    {
        lock (_unobserved)
        {
            if (_unobserved.Count > 0)
            {
                throw new FuzzFailure($"Exceptions that nobody handled:\n{string.Join("\n", _unobserved)}");
            }
        }
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        lock (_unobserved)
        {
            _unobserved.Add(unobserved.Exception.ToString());
        }
    }

    /// <summary>Should an input end the process, this is all that is left to tell which.</summary>
    private static void Note(Batch batch)
    {
        if (Environment.GetEnvironmentVariable("BMADSERVER_FUZZ_UNDER_WAY") is { Length: > 0 } file)
        {
            lock (Target.All)
            {
                File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{batch.Repeat}\n"));
            }
        }
    }
}
