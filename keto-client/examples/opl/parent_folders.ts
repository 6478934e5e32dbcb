// The smallest model with inheritance: a file is viewed by the viewers of any folder above it.
import { Namespace, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Node implements Namespace {
  related: {
    parent: Node[]
    viewers: User[]
  }

  permits = {
    view: (ctx: Context): boolean =>
      this.related.viewers.includes(ctx.subject) ||
      this.related.parent.traverse((p) => p.permits.view(ctx)),
  }
}
