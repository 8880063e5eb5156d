namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>One world for each database and number of nodes, shared by the tests of this folder; each test makes workflows of its own.</summary>
[SetUpFixture]
internal sealed class Worlds
{
    public const int Users = 6;

    private static readonly Dictionary<(DatabaseKind Database, int Nodes), World> Started = [];

    public static async Task<World> GetAsync(DatabaseKind database, int nodes = 1)
    {
        if (!Started.TryGetValue((database, nodes), out var world))
        {
            Started.Add((database, nodes), world = await World.StartAsync(database, Users, nodes: nodes));
        }

        return world;
    }

    /// <summary>A world that a failed test has left in a state that nobody knows is not used again.</summary>
    public static async Task DropAsync(World world)
    {
        Started.Remove((world.Database, world.Nodes.All.Count));
        await world.DisposeAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (var world in Started.Values)
        {
            await world.DisposeAsync();
        }

        Started.Clear();
    }
}
