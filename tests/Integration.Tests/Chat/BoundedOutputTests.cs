using System.Buffers;
using System.IO.Pipelines;
using BmadServer.Web.Chat;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>How much may wait for a client, without a client.</summary>
public sealed class BoundedOutputTests
{
    /// <summary>The pipe's own threshold.</summary>
    private const int Threshold = 64 * 1024;

    private const int Piece = 16 * 1024;
    private const byte EndOfMessage = 0x1e;

    private Pipe _pipe = null!;
    private bool _isTooSlow;
    private BoundedOutput _output = null!;

    [SetUp]
    public void Begin()
    {
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: Threshold, resumeWriterThreshold: Threshold / 2));
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
            written.ShouldBeLessThanOrEqualTo(Threshold + BoundedOutput.MaximumWaiting + 2 * Piece);
        }

        written.ShouldBeGreaterThan(BoundedOutput.MaximumWaiting);
    }

    [Test]
    public async Task A_client_that_reads_may_be_sent_any_amount()
    {
        for (var pieces = 0; pieces < 100; pieces++)
        {
            await WriteAsync(Piece);
            await WriteAsync(Piece);
            ReadAll();
        }

        _isTooSlow.ShouldBeFalse();
    }

    [Test]
    public async Task A_client_that_takes_what_waits_starts_anew()
    {
        for (var rounds = 0; rounds < 3; rounds++)
        {
            await WriteAsync(2 * Threshold);
            await WriteAsync(BoundedOutput.MaximumWaiting - Threshold);
            await ReadUntilTakenAsync();
        }

        _isTooSlow.ShouldBeFalse();
    }

    [Test]
    public async Task A_client_that_is_behind_and_reads_as_fast_as_it_is_written_to_stays()
    {
        await WriteAsync(2 * Threshold);
        for (var pieces = 0; pieces < 100; pieces++)
        {
            await WriteAsync(Piece);
            await ReadAsync(Piece);
        }

        _isTooSlow.ShouldBeFalse();
        _output.WhenTaken().IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task What_was_written_arrives_in_order_and_whole_also_after_the_end()
    {
        var sent = Enumerable.Range(0, 300_000).Select(i => (byte)(i % 251)).ToArray();
        foreach (var part in sent.Chunk(7_001))
        {
            await _output.WriteAsync(part);
        }

        _output.Complete();

        var received = new MemoryStream();
        await _pipe.Reader.CopyToAsync(received);
        received.ToArray().ShouldBe(sent);
    }

    [Test]
    public async Task No_message_is_torn_apart()
    {
        var sizes = Enumerable.Range(1, 60).Select(i => (i * 7_919 % 20_000) + 1).ToArray();
        foreach (var size in sizes)
        {
            await WriteAsync(size);
        }

        await WriteAsync(3 * Threshold);
        for (var left = sizes.Sum() + (3L * Threshold); left > 0; )
        {
            var read = await _pipe.Reader.ReadAsync();
            read.Buffer.Slice(read.Buffer.Length - 1).FirstSpan[0].ShouldBe(EndOfMessage);
            left -= read.Buffer.Length;
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    [Test]
    public async Task A_client_that_is_gone_holds_up_nobody()
    {
        await WriteAsync(4 * Threshold);
        _pipe.Reader.Complete();

        await _output.WhenTaken().WaitAsync(TimeSpan.FromSeconds(10));

        (await _output.FlushAsync()).IsCompleted.ShouldBeTrue();
    }

    [Test]
    public async Task One_long_answer_is_no_reason()
    {
        await WriteAsync(10 * BoundedOutput.MaximumWaiting);

        _isTooSlow.ShouldBeFalse();
    }

    private async Task WriteAsync(int bytes)
    {
        _output.GetSpan(bytes)[bytes - 1] = EndOfMessage;
        _output.Advance(bytes);
        var flush = _output.FlushAsync();
        flush.IsCompleted.ShouldBeTrue();
        await flush;
    }

    private async Task ReadUntilTakenAsync()
    {
        var taken = _output.WhenTaken();
        while (!taken.IsCompleted)
        {
            ReadAll();
            await Task.Yield();
        }
    }

    private void ReadAll()
    {
        if (_pipe.Reader.TryRead(out var read))
        {
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    private async Task ReadAsync(int bytes)
    {
        var read = await _pipe.Reader.ReadAtLeastAsync(bytes);
        _pipe.Reader.AdvanceTo(read.Buffer.GetPosition(bytes));
    }
}
