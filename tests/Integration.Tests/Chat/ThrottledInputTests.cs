using System.IO.Pipelines;
using BmadServer.Web.Chat;
using Microsoft.Extensions.Time.Testing;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>How fast a connection is read, without a connection: 1,000 bytes a second, 4,000 at once.</summary>
public sealed class ThrottledInputTests
{
    private const int Rate = 1_000;

    private FakeTimeProvider _time = null!;
    private Pipe _pipe = null!;
    private ThrottledInput _input = null!;
    private bool _isFlooded;

    [SetUp]
    public void Begin()
    {
        _time = new FakeTimeProvider();
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        _isFlooded = false;
        _input = new ThrottledInput(_pipe.Reader, Rate, _time, () => _isFlooded = true);
    }

    [Test]
    public async Task What_comes_at_once_is_read_at_once_up_to_the_burst()
    {
        for (var seconds = 0; seconds < 4; seconds++)
        {
            await ReceiveAsync(Rate);
        }

        _isFlooded.ShouldBeFalse();
    }

    [Test]
    public async Task What_comes_beyond_it_is_read_when_the_allowance_has_refilled()
    {
        await ReceiveAsync(4 * Rate + 500);

        var next = ReceiveAsync(1);
        _time.Advance(TimeSpan.FromSeconds(0.4));
        next.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(0.2));
        await next.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task A_flood_that_goes_on_is_reported()
    {
        for (var seconds = 0; seconds < 30 && !_isFlooded; seconds++)
        {
            var read = ReceiveAsync(2 * Rate);
            _time.Advance(TimeSpan.FromSeconds(2));
            await read.WaitAsync(TimeSpan.FromSeconds(10));
        }

        _isFlooded.ShouldBeFalse();
        await ReceiveAsync(20 * Rate);
        for (var seconds = 0; seconds < 30 && !_isFlooded; seconds++)
        {
            var read = ReceiveAsync(2 * Rate);
            while (!read.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }

        _isFlooded.ShouldBeTrue();
    }

    /// <summary>So many bytes come, and are read and used up.</summary>
    private async Task ReceiveAsync(int bytes)
    {
        await _pipe.Writer.WriteAsync(new byte[bytes]);
        var read = await _input.ReadAsync();
        _input.AdvanceTo(read.Buffer.End);
    }
}
