namespace BmadServer.Recovery.Tests.Scenarios;

[SetUpFixture]
public sealed class ScenarioSetUp
{
    [OneTimeTearDown]
    public Task CloseAsync() => Stage.CloseAllAsync();
}
