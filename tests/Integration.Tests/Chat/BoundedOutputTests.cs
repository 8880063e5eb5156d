using System.IO.Pipelines;
using BmadServer.Web.Chat;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>How much may wait for a client, without a client.</summary>
public sealed class BoundedOutputTests
{
    /// <summary>The pipe's own threshold.</summary>
    private const int Threshold = 64 * 1024;

    private const int Piece = 16 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: Threshold, resumeWriterThreshold: Threshold / 2));
    private bool _isTooSlow;
    private BoundedOutput _output = null!;

    [SetUp]
    public void Begin()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
        _pipe.Reset();
        _isTooSlow = false;
        _output = new BoundedOutput(_pipe.Writer, () => _isTooSlow = true);
    }

    [Test]
    public async Task A_client_that_reads_nothing_is_too_slow_once_the_buffer_and_the_bound_are_full()
    {
        var written = 0;
        while (!_isTooSlow)
        {
            await WriteAsync(Piece);
            written += Piece;
            written.ShouldBeLessThanOrEqualTo(Threshold + BoundedOutput.MaximumOverdue + Piece);
        }

        written.ShouldBeGreaterThan(BoundedOutput.MaximumOverdue);
    }

    [Test]
    public async Task A_client_that_reads_may_be_sent_any_amount()
    {
        for (var pieces = 0; pieces < 100; pieces++)
        {
            await WriteAsync(Piece);
            await WriteAsync(Piece);
            await ReadAllAsync();
        }

        _isTooSlow.ShouldBeFalse();
    }

    [Test]
    public async Task A_client_that_catches_up_starts_anew()
    {
        for (var rounds = 0; rounds < 3; rounds++)
        {
            await WriteAsync(Threshold + 1);
            await WriteAsync(BoundedOutput.MaximumOverdue);
            await ReadAllAsync();
        }

        _isTooSlow.ShouldBeFalse();
    }

    [Test]
    public async Task One_long_answer_is_no_reason()
    {
        await WriteAsync(10 * BoundedOutput.MaximumOverdue);

        _isTooSlow.ShouldBeFalse();
    }

    private async Task WriteAsync(int bytes)
    {
        _output.GetMemory(bytes);
        _output.Advance(bytes);
        var flush = _output.FlushAsync();
        flush.IsCompleted.ShouldBeTrue();
        await flush;
    }

    private async Task ReadAllAsync()
    {
        var read = await _pipe.Reader.ReadAsync();
        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }
}
