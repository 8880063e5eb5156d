using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <param name="Cycles">How often somebody connected, joined a workflow, sent a message and dropped the connection.</param>
/// <param name="BytesBefore">The server's memory in RAM after the warm-up, after a full collection.</param>
/// <param name="BytesAfter">The same at the end.</param>
internal sealed record ChurnMeasurement(string Subject, double Seconds, long Cycles, long BytesBefore, long BytesAfter)
{
    public double Growth => BytesAfter / (double)BytesBefore;
}

/// <summary>Devices that connect, join, send and drop, over and over.</summary>
internal static class Churn
{
    private const int People = 200;
    private const int Workflows = 20;
    private const int AtOnce = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task<ChurnMeasurement> RunAsync(
        ServerSubject server,
        TimeSpan warmUp,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        var people = await server.Crowd.GatherAsync(People, cancellationToken);
        var workflows = await server.Crowd.CreateWorkflowsAsync([.. people.Chunk(People / Workflows)], cancellationToken);
        await RunAsync(server, people, workflows, warmUp, cancellationToken);
        var before = await ReadAsync(server, cancellationToken);
        var cycles = await RunAsync(server, people, workflows, time, cancellationToken);
        return new ChurnMeasurement(server.Name, time.TotalSeconds, cycles, before, await ReadAsync(server, cancellationToken));
    }

    private static async Task<long> ReadAsync(ServerSubject server, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, cancellationToken);
        await Garbage.CollectAsync(server.Node.Pid, cancellationToken);
        return server.Node.ResidentBytes;
    }

    private static async Task<long> RunAsync(
        ServerSubject server,
        IReadOnlyList<Person> people,
        IReadOnlyList<Guid> workflows,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        var from = TimeProvider.System.GetTimestamp();
        var next = -1L;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(CycleAsync, cancellationToken)));
        return next + 1;

        async Task CycleAsync()
        {
            while (TimeProvider.System.GetElapsedTime(from) < time)
            {
                var cycle = Interlocked.Increment(ref next);
                if (cycle % 100 == 0)
                {
                    Progress.Say(
                        $"{server.Name}: churn, {cycle} cycles, {(time - TimeProvider.System.GetElapsedTime(from)).TotalSeconds:0} s left"
                    );
                }

                var person = (int)(cycle % People);
                var listener = new HubListener();
                using var connection = await HubConnection.OpenAsync(
                    server.Node.Url,
                    people[person].AccessToken,
                    listener,
                    cancellationToken: cancellationToken
                );
                await connection.CallAsync("JoinWorkflow", $"\"{workflows[person / (People / Workflows)]}\"", cancellationToken);
                await connection.CallAsync("SendMessage", $"\"load {cycle:D12} abcdefghijklmnopqr\"", cancellationToken);
                if (cycle % 2 == 0)
                {
                    connection.Abort();
                }
            }
        }
    }
}
