using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>The routes of webhooks. An address may be a secret itself, so operators and administrators alone see them.</summary>
public static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").RequireAuthorization(Policies.Operator);
        webhooks.MapGet("", async (WebhookStore store, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await store.ListAsync(token))).Produces<ListPage<WebhookView>>();
        webhooks.MapGet("/{id}", async (string id, WebhookStore store, CancellationToken token) =>
            await store.FindAsync(id, token) is { } webhook ? MigrationEndpoints.Json(webhook) : Refusal.NotFound("webhook", id).ToResult()).Produces<WebhookView>();
        webhooks.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin).Takes<WebhookDraft>().Produces<WebhookView>(201).AnswersBeside(201, ("secret", JsonSchemaType.String));
        webhooks.MapPatch("/{id}", UpdateAsync).RequireAuthorization(Policies.Admin).Takes<WebhookDraft>().Produces<WebhookView>().AnswersBeside(200, ("secret", JsonSchemaType.String));
        webhooks.MapDelete("/{id}", async (string id, WebhookStore store, HttpContext http) =>
            Answer(await store.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Admin).Produces<WebhookView>();
        webhooks.MapPost("/{id}/test", async (string id, DeliveryBook book, HttpContext http) =>
            Answer(await book.TestAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).Produces<DeliveryView>();
        webhooks.MapGet("/{id}/deliveries", DeliveriesAsync).Produces<ListPage<DeliveryView>>();
        webhooks.MapPost("/{id}/deliveries/{delivery}/redeliver", async (string id, string delivery, DeliveryBook book, CancellationToken token) =>
            Answer(await book.RedeliverAsync(id, delivery, token))).Produces<DeliveryView>();
    }

    private static async Task<IResult> CreateAsync(Body body, WebhookStore store, HttpContext http) => body.Refusal is { } malformed
        ? malformed.ToResult()
        : Answer(await store.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201);

    private static async Task<IResult> UpdateAsync(string id, Body body, WebhookStore store, HttpContext http) => body.Refusal is { } malformed
        ? malformed.ToResult()
        : Answer(await store.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 200);

    private static async Task<IResult> DeliveriesAsync(string id, DeliveryBook book, CancellationToken cancellationToken, string? status = null, int limit = 50, string? cursor = null)
    {
        DeliveryStatus? only = null;
        if (status is not null)
        {
            if (!Wire.TryParse<DeliveryStatus>(status, out var known))
            {
                return Refusal.Invalid("status", $"'{status}' is no status. Use {string.Join(", ", Enum.GetValues<DeliveryStatus>().Select(Wire.Name))}.").ToResult();
            }

            only = known;
        }

        return await book.ListAsync(id, only, Math.Clamp(limit, 1, 200), cursor, cancellationToken) is { } page
            ? MigrationEndpoints.Json(page)
            : Refusal.NotFound("webhook", id).ToResult();
    }

    /// <summary>The webhook, and the secret where it is new: this once.</summary>
    private static IResult Answer(Result<SavedWebhook> result, int status)
    {
        if (!result.IsOk)
        {
            return result.Refusal.ToResult();
        }

        var answer = (JsonObject)JsonSerializer.SerializeToNode(result.Value.View, JsonColumn.Options)!;
        if (result.Value.Secret is { } secret)
        {
            answer["secret"] = secret;
        }

        return MigrationEndpoints.Json(answer, status);
    }

    private static IResult Answer<T>(Result<T> result)
        where T : class => result.IsOk ? MigrationEndpoints.Json(result.Value) : result.Refusal.ToResult();
}
