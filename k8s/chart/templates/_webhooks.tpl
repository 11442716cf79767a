{{/*
The entries of both webhook configurations. Each is there twice, once a mode: the API server itself says which mode
holds, by the label of the namespace; a gate that had to look it up could be wrong.

Neither `path` nor `port` nor `caBundle` is written here: Belay points each entry at itself, and what this chart
does not name it neither owns nor resets.
*/}}

{{/* dict "root" $ "entry" NAME "mode" MODE "timeout" SECONDS */}}
{{- define "belay.webhook.head" -}}
- name: {{ .entry }}.{{ if eq .mode "observe" }}observe.{{ end }}belay.dev
  admissionReviewVersions: [v1]
  sideEffects: NoneOnDryRun
  {{- /* Nothing is ever refused in an observed namespace, so nothing is refused there because no gate answers. */}}
  failurePolicy: {{ if eq .mode "observe" }}Ignore{{ else }}{{ .root.Values.webhooks.failurePolicy }}{{ end }}
  matchPolicy: Equivalent
  timeoutSeconds: {{ .timeout }}
  clientConfig:
    service: {namespace: {{ .root.Release.Namespace }}, name: belay}
  namespaceSelector:
    matchExpressions:
      - {key: belay.dev/mode, operator: In, values: [{{ .mode }}]}
      - {key: kubernetes.io/metadata.name, operator: NotIn, values: [{{ include "belay.excluded" .root }}]}
      {{- with .root.Values.rbac.namespaces }}
      - {key: kubernetes.io/metadata.name, operator: In, values: {{ toJson . }}}
      {{- end }}
{{- end }}

{{- define "belay.excluded" -}}
{{- concat (list "kube-system" "kube-public" "kube-node-lease" .Release.Namespace) .Values.webhooks.excludedNamespaces | uniq | join ", " -}}
{{- end }}

{{- define "belay.webhook.notBelay" -}}
# What Belay writes itself, and its own questions (dry runs as the user who asks), which carry this mark.
- name: not-belay
  expression: >-
    request.userInfo.username != "system:serviceaccount:{{ .Release.Namespace }}:belay"
    && !(has(request.userInfo.extra) && "belay.dev/dry-run" in request.userInfo.extra)
{{- end }}

{{/* What the early and the final look have in common: which objects, written by whom. */}}
{{- define "belay.webhook.objects" -}}
rules:
  - {apiGroups: [""], apiVersions: [v1], resources: [configmaps, persistentvolumeclaims, secrets, serviceaccounts, services], operations: [CREATE, UPDATE], scope: Namespaced}
  - {apiGroups: [apps], apiVersions: [v1], resources: [daemonsets, deployments, statefulsets], operations: [CREATE, UPDATE], scope: Namespaced}
  - {apiGroups: [autoscaling], apiVersions: [v1, v2], resources: [horizontalpodautoscalers], operations: [CREATE, UPDATE], scope: Namespaced}
  - {apiGroups: [batch], apiVersions: [v1], resources: [cronjobs, jobs], operations: [CREATE, UPDATE], scope: Namespaced}
  - {apiGroups: [networking.k8s.io], apiVersions: [v1], resources: [ingresses, networkpolicies], operations: [CREATE, UPDATE], scope: Namespaced}
  - {apiGroups: [policy], apiVersions: [v1], resources: [poddisruptionbudgets], operations: [CREATE, UPDATE], scope: Namespaced}
  - {apiGroups: [rbac.authorization.k8s.io], apiVersions: [v1], resources: [rolebindings, roles], operations: [CREATE, UPDATE], scope: Namespaced}
matchConditions:
  {{- include "belay.webhook.notBelay" . | nindent 2 }}
  {{- with .Values.rbac.namespaces }}
  # Belay's own rights here come with it: no gate is needed to install one.
  - name: not-belays-rights
    expression: >-
      !(request.resource.resource == "rolebindings" && request.name in ["belay-namespaced", "belay-custom-resources"])
  {{- end }}
  # The control plane's own components and the kubelets.
  - name: not-the-control-plane
    expression: >-
      !(request.userInfo.username == "system:apiserver"
      || request.userInfo.username.startsWith("system:kube-")
      || request.userInfo.username.startsWith("system:node:")
      || request.userInfo.username.startsWith("system:serviceaccount:kube-system:"))
  # What a controller makes for another object is that object's business: a CronJob's Jobs, an operator's workloads.
  - name: not-owned
    expression: >-
      !(has(object.metadata.ownerReferences)
      && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller))
  - name: declarative
    expression: >-
      !(request.resource.resource == "secrets" && has(object.type) && object.type in
      ["helm.sh/release.v1", "belay.dev/revision.v1", "kubernetes.io/service-account-token"])
      && !(request.resource.resource == "configmaps" && has(object.metadata.labels)
      && "owner" in object.metadata.labels && object.metadata.labels["owner"] == "helm")
      && !(has(object.metadata.annotations)
      && "control-plane.alpha.kubernetes.io/leader" in object.metadata.annotations)
{{- end }}
