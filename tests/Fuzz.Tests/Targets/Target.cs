using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>What inputs are sent to.</summary>
/// <param name="Name">As <c>./test.sh fuzz --target</c> takes it.</param>
/// <param name="Share">Of all inputs, in percent.</param>
/// <param name="BatchSize">How many inputs belong together: a batch is run again as a whole.</param>
/// <param name="Workers">How many batches are under way at once.</param>
internal abstract record Target(string Name, int Share, int BatchSize, int Workers)
{
    /// <summary>All there are. The shares come to 100.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        new ParserTarget(),
        new FrameTarget(),
        new WireTarget(),
        new HandshakeTarget(),
        new ConnectTarget(),
        new RestTarget(),
    ];

    /// <exception cref="FuzzFailure">An input did what no input may do.</exception>
    public abstract Task RunAsync(FuzzedServer server, Batch batch, Tally tally);

    protected Dice DiceOf(Batch batch, long index) => new(batch.Seed, Name, index);

    public sealed override string ToString() => Name;
}

/// <summary>What became of inputs.</summary>
internal sealed class Tally
{
    private long _taken;
    private long _refused;
    private long _limited;
    private long _closed;

    /// <summary>Answered with what was asked for.</summary>
    public long Taken => _taken;

    /// <summary>Answered with a code that says why not.</summary>
    public long Refused => _refused;

    /// <summary>Of the refused those that came too fast.</summary>
    public long Limited => _limited;

    /// <summary>Connections that ended because of them.</summary>
    public long Closed => _closed;

    public void Take() => Interlocked.Increment(ref _taken);

    public void Refuse() => Interlocked.Increment(ref _refused);

    public void Limit() => Interlocked.Increment(ref _limited);

    public void Close() => Interlocked.Increment(ref _closed);
}
