using StackExchange.Redis;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>Looks at Redis for the operator, as a node would use it.</summary>
public static class RedisInspection
{
    /// <summary>Longer than the client takes for all its attempts to connect.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether what is published on the nodes' channel comes back. The nodes take no notice of it.</summary>
    /// <param name="connectionString">As of <c>ConnectionStrings__redis</c>.</param>
    /// <returns>What is wrong, in one sentence without the connection string, which may hold a password; null where nothing is.</returns>
    public static async Task<string?> FindFaultAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var options = RedisOptions.Parse(connectionString).ToConfiguration();
            await SendToItselfAsync(options, cancellationToken).WaitAsync(Patience, cancellationToken);
            return null;
        }
        catch (StartupException refusal)
        {
            return refusal.Message;
        }
        catch (RedisServerException refusal)
        {
            return $"it refuses: {refusal.Message}";
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            return $"it does not answer ({failure.GetType().Name})";
        }
    }

    private static async Task SendToItselfAsync(ConfigurationOptions options, CancellationToken cancellationToken)
    {
        // A node goes on trying; this is to say how it is.
        options.AbortOnConnectFail = true;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        var subscriber = redis.GetSubscriber();
        var messages = await subscriber.SubscribeAsync(RedisBackplane.Channel);
        await subscriber.PublishAsync(RedisBackplane.Channel, RedisValue.EmptyString);
        await messages.ReadAsync(cancellationToken);
    }
}
