using BmadServer.Web.Chat;

namespace BmadServer.Integration.Tests.Chat;

public sealed class UnderWayTests
{
    private UnderWay _underWay = null!;

    [SetUp]
    public void Create() => _underWay = new UnderWay();

    [Test]
    public void Where_none_is_under_way_closing_is_done_at_once() => _underWay.CloseAsync().IsCompletedSuccessfully.ShouldBeTrue();

    [Test]
    public async Task Closing_waits_for_those_that_have_begun()
    {
        _underWay.TryBegin().ShouldBeTrue();
        _underWay.TryBegin().ShouldBeTrue();

        var closing = _underWay.CloseAsync();

        _underWay.End();
        closing.IsCompleted.ShouldBeFalse();
        _underWay.End();
        await closing;
    }

    [Test]
    public async Task None_begins_any_more()
    {
        _underWay.TryBegin().ShouldBeTrue();
        var closing = _underWay.CloseAsync();

        _underWay.TryBegin().ShouldBeFalse();

        closing.IsCompleted.ShouldBeFalse();
        _underWay.End();
        await closing;
    }
}
