using BmadServer.Load.Clients;

namespace BmadServer.Load.Subjects;

/// <summary>A connection and where it sends to.</summary>
/// <param name="Workflow">The number of its workflow among those of the fleet, from 0.</param>
/// <param name="WorkflowId">Empty where there are no workflows.</param>
internal sealed record Seat(HubConnection Connection, int Workflow, Guid WorkflowId);

/// <summary>Connections that stay open, whether anything is sent on them or not.</summary>
internal sealed class Fleet : IDisposable
{
    /// <summary>The server gives a client up that says nothing for 30 s.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    private readonly Timer _keepAlive;

    public Fleet(IReadOnlyList<Seat> seats)
    {
        Seats = seats;
        _keepAlive = new Timer(_ => PingAll(), null, PingInterval, PingInterval);
    }

    public IReadOnlyList<Seat> Seats { get; }

    /// <summary>What came from the server on all connections since they were opened.</summary>
    public long BytesReceived => Seats.Sum(seat => seat.Connection.BytesReceived);

    /// <summary>Opens so many connections, a few at a time.</summary>
    /// <param name="open">Opens the one with this index.</param>
    public static async Task<Fleet> OpenAsync(int count, Func<int, CancellationToken, Task<Seat>> open, CancellationToken cancellationToken)
    {
        const int atOnce = 16;
        var seats = new Seat[count];
        try
        {
            var limit = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, count, limit, async (i, token) => seats[i] = await open(i, token));
            return new Fleet(seats);
        }
        catch
        {
            Close(seats);
            throw;
        }
    }

    public void Dispose()
    {
        _keepAlive.Dispose();
        Close(Seats);
    }

    private static void Close(IEnumerable<Seat?> seats)
    {
        foreach (var seat in seats)
        {
            seat?.Connection.Dispose();
        }
    }

    private void PingAll()
    {
        foreach (var seat in Seats)
        {
            seat.Connection.SendPing();
        }
    }
}
