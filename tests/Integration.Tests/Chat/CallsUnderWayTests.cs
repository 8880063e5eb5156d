using BmadServer.Web.Chat;

namespace BmadServer.Integration.Tests.Chat;

public sealed class CallsUnderWayTests
{
    private CallsUnderWay _calls = null!;

    [SetUp]
    public void Create() => _calls = new CallsUnderWay();

    [Test]
    public void Where_none_is_under_way_closing_is_done_at_once() => _calls.CloseAsync().IsCompletedSuccessfully.ShouldBeTrue();

    [Test]
    public async Task Closing_waits_for_those_that_have_begun()
    {
        _calls.TryBegin().ShouldBeTrue();
        _calls.TryBegin().ShouldBeTrue();

        var closing = _calls.CloseAsync();

        _calls.End();
        closing.IsCompleted.ShouldBeFalse();
        _calls.End();
        await closing;
    }

    [Test]
    public async Task None_begins_any_more()
    {
        _calls.TryBegin().ShouldBeTrue();
        var closing = _calls.CloseAsync();

        _calls.TryBegin().ShouldBeFalse();

        closing.IsCompleted.ShouldBeFalse();
        _calls.End();
        await closing;
    }
}
